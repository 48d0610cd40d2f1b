// npm test: set-up, then every stage; the last line is `N passed, N failed`. `npm test -- unit e2e` runs only those stages.
import { hasDisplay, startVirtualDisplay } from './setup/display.mjs'
import { orExit } from './setup/prepare.mjs'
import { setUp } from './setup/run.mjs'
import { summarize } from './testing/results.mjs'

const begin = Date.now()
await orExit(() => setUp({ withDataSet: true, withVirtualDisplay: true }))
// Imported late: what the stages use may come with the npm packages.
const { stages } = await import('./testing/stages.mjs')

const asked = process.argv.slice(2)
const unknown = asked.filter((id) => !stages.some((stage) => stage.id === id))
if (unknown.length > 0) {
  process.stderr.write(`Unknown stage: ${unknown.join(', ')}. Stages: ${stages.map(({ id }) => id).join(', ')}\n`)
  process.exit(2)
}
const chosen = stages.filter(({ id }) => asked.length === 0 || asked.includes(id))
process.stdout.write(`set-up ${((Date.now() - begin) / 1000).toFixed(1)} s\n`)

const display =
  chosen.some(({ needsDisplay }) => needsDisplay) && !hasDisplay() ? await orExit(startVirtualDisplay) : undefined
if (display) process.env.DISPLAY = display.name

async function told(stage) {
  process.stdout.write(`${stage.title} ...\n`)
  const start = Date.now()
  const outcome = await stage.run()
  for (const { name, detail } of outcome.failures)
    process.stdout.write(`\nFAILED ${stage.title}: ${name}\n${detail}\n\n`)
  return { title: stage.title, seconds: (Date.now() - start) / 1000, outcome }
}

const finished = []
for (let at = 0; at < chosen.length;) {
  const next = chosen.slice(at)
  const alone = next.findIndex(({ isShared }) => isShared !== true)
  const together = next.slice(0, alone === -1 ? next.length : Math.max(1, alone))
  finished.push(...(await Promise.all(together.map(told))))
  at += together.length
}
display?.stop()

const { text, isGreen } = summarize(finished)
process.stdout.write(`\n${text}\n`)
process.exitCode = isGreen ? 0 : 1
