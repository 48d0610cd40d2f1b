// npm run bench:start-window: from the command to a window that can be used, of a checkout with set-up's look before it (what `npm start`
// does) and of the packaged application, in turns; and a small command of each at the command line. `-- --package FOLDER` names the
// package (default: the one made for testing).
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { secondsOfCommand, startWindow, type Program } from './start/start'
import { atMost, checkout, median, runBench } from './harness'

const ROUNDS = { full: 8, quick: 2 }
/** As the program itself is the same, what a package adds is reading its archive; more than this would be felt. */
const MOST_OF_CHECKOUT = 1.25

/** The value of `--package`. */
function packageFolder(): string {
  const at = process.argv.indexOf('--package')
  return path.resolve(at < 0 ? path.join(checkout, 'dist/for-testing/linux-unpacked') : (process.argv[at + 1] ?? ''))
}

function programs(): readonly Program[] {
  const folder = packageFolder()
  const packed = path.join(folder, 'gpt-nas-workbench')
  if (!existsSync(packed))
    throw new Error(`There is no package in ${folder}: "npm run package -- --for-testing" makes one.`)
  const before = "const { prepare } = await import('./scripts/setup/prepare.mjs'); await prepare({ withDataSet: true })"
  return [
    { name: 'npm start', words: [checkout], line: ['npm', 'run', '-s', 'gpt-nas', '--'], before },
    { name: 'package', executable: packed, words: [], line: [path.join(folder, 'gpt-nas')] },
  ]
}

void runBench('Start-up', async ({ quick, note }) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'gptnas-start-'))
  const measured = programs().map((program) => ({
    program,
    place: path.join(folder, program.name.replace(' ', '-')),
    window: [] as number[],
    line: [] as number[],
  }))
  try {
    // The first round fills the disk's memory and makes the workspaces.
    for (let round = 0; round <= (quick ? ROUNDS.quick : ROUNDS.full); round++)
      for (const { program, place, window, line } of measured) {
        const seconds = await startWindow(program, place)
        const command = secondsOfCommand(program, place)
        note(
          `${program.name}, round ${round}: ${seconds.toFixed(2)} s to the window, ${command.toFixed(2)} s for search list`,
        )
        if (round === 0) continue
        window.push(seconds)
        line.push(command)
      }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  const figures = measured.map(({ program, window, line }) => ({
    program: program.name,
    windowSeconds: { median: median(window), least: Math.min(...window), most: Math.max(...window) },
    searchListSeconds: { median: median(line), least: Math.min(...line), most: Math.max(...line) },
  }))
  const [ours, packed] = figures
  return {
    results: { rounds: measured[0]!.window.length, figures },
    checks: [
      atMost(
        'the package’s window to that of npm start',
        packed!.windowSeconds.median / ours!.windowSeconds.median,
        MOST_OF_CHECKOUT,
      ),
      atMost(
        'the package’s command line to that of a checkout',
        packed!.searchListSeconds.median / ours!.searchListSeconds.median,
        MOST_OF_CHECKOUT,
      ),
    ],
  }
})
