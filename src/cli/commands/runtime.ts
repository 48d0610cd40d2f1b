// gpt-nas runtime: the builds of TensorFlow that are installed or can be; install, choose, remove one, or pack it for another machine.
import type { Command } from 'commander'
import type { RuntimeCheck, RuntimeCheckStep } from '@shared/contract/runtime-check'
import type { InstallProgress, Runtimes } from '@shared/contract/runtimes'
import { AppError } from '@shared/errors'
import { BUILD_IDS, type BuildId } from '@shared/runtime/tensorflow-builds'
import { typed } from '@node/command-line'
import { runCommand, withCommonOptions, type CommandContext, type CommonOptions } from '../command'
import { bar, bytes, percent, table } from '../format'
import { EXIT } from '../output'

const STATES: Readonly<Record<Runtimes['runtimes'][number]['state'], string>> = {
  shipped: 'came with the program',
  installed: 'installed',
  partial: 'half-installed; install goes on',
  damaged: 'damaged; install mends it',
  absent: 'not installed',
}

/** The runtimes as a table, and what is worth saying of them. */
export function runtimesText({ runtimes, chosenBy, note, folder, diskBytes, freeBytes }: Runtimes): string {
  const rows = runtimes.map((each) => [
    each.isChosen ? '*' : '',
    each.id,
    each.title,
    each.version,
    [STATES[each.state], each.found].filter((part) => part !== '').join(': '),
    each.diskBytes === 0 ? '' : bytes(each.diskBytes),
    bytes(each.downloadBytes),
    bytes(each.installedBytes),
  ])
  const free = freeBytes === null ? '' : `, ${bytes(freeBytes)} free`
  return [
    table(['', 'Id', 'Runtime', 'Version', 'State', '>On disk', '>Download', '>Installed'], rows),
    `${folder}: ${bytes(diskBytes)}${free}.`,
    ...(chosenBy === 'environment' ? ['GPTNAS_RUNTIME decides which one is used.'] : []),
    ...(note === '' ? [] : [note]),
  ].join('\n')
}

const ON = { gpu: 'card', cpu: 'processor', 'cpu-cautious': 'processor, cautious kernels' } as const
const stepText = ({ step, on, ok, found }: RuntimeCheckStep): string =>
  `${ok ? 'ok  ' : 'FAIL'} ${step} (${ON[on]}): ${found}`

/** A self-check as text. */
export function checkText(id: BuildId, check: RuntimeCheck): string {
  const { ok, device, oneDnn, imagesPerSecond, tensorflow, fallbacks } = check
  const speed = imagesPerSecond === null ? '' : `, ${Math.round(imagesPerSecond)} images/s on a small network`
  const trains = `${id}: TensorFlow ${tensorflow ?? ''} trains on ${device === 'gpu' ? 'the graphics card' : 'the processor'}, oneDNN ${oneDnn ? 'on' : 'off'}${speed}.`
  return [ok ? trains : `${id} cannot be used on this machine.`, ...fallbacks].join('\n')
}

/** @throws AppError `invalid-input` for what is no runtime */
function idOf(text: string): BuildId {
  const id = BUILD_IDS.find((known) => known === text)
  if (id !== undefined) return id
  throw new AppError(
    'invalid-input',
    `"${text.slice(0, 100)}" is no runtime: ${BUILD_IDS.join(' or ')} was expected.`,
    `Look at "${typed('runtime list')}".`,
  )
}

const STEPS: Readonly<Record<InstallProgress['step'], string>> = {
  downloading: 'downloading',
  verifying: 'comparing the hash of',
  unpacking: 'unpacking',
  checking: 'done with',
}

/** Runs `work` with a signal that Ctrl-C fires. @returns null when it did */
async function interruptible<T>(
  output: CommandContext['output'],
  said: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  const controller = new AbortController()
  const interrupt = (): void => {
    output.note(said)
    controller.abort()
  }
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  try {
    return await work(controller.signal)
  } catch (thrown) {
    if (controller.signal.aborted) return null
    throw thrown
  } finally {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}

async function install(
  { client, output }: CommandContext,
  id: BuildId,
  from: readonly string[],
  index: string | null,
): Promise<Runtimes | null> {
  const before = await client.runtimes.list()
  const build = before.runtimes.find((each) => each.id === id)
  if (build !== undefined && build.state !== 'installed')
    output.note(
      `${build.title} ${build.version}: ${from.length > 0 ? 'from files' : `${bytes(build.downloadBytes)} to download`}, ${bytes(build.installedBytes)} on the disk, in ${before.folder}.`,
    )
  const result = await interruptible(output, 'Stopping; the next installation goes on here.', async (signal) => {
    let told = ''
    for await (const event of await client.runtimes.install({ id, from: [...from], index }, { signal })) {
      if (event.type === 'finished') return event.runtimes
      const line = `${event.index + 1}/${event.files} ${STEPS[event.step]} ${event.file}`
      if (line !== told && event.step !== 'verifying') output.note(line)
      told = line
      output.live([
        `${bar(event.fraction)} ${percent(event.fraction)}  ${bytes(event.doneBytes)} of ${bytes(event.totalBytes)}`,
      ])
    }
    return null
  })
  if (result === null) await client.runtimes.cancel()
  return result
}

interface InstallOptions extends CommonOptions {
  readonly from?: string[]
  readonly index?: string
  readonly choose?: boolean
}

export function runtimeCommand(program: Command): void {
  const group = program
    .command('runtime')
    .description('builds of TensorFlow: list, install, choose, remove, pack for another machine')

  withCommonOptions(
    group.command('list', { isDefault: true }).description('what is installed, what can be, and what it takes'),
  ).action((options: CommonOptions) =>
    runCommand(options, async ({ client, output }) => {
      const runtimes = await client.runtimes.list()
      output.result(runtimes, runtimesText(runtimes))
    }),
  )

  withCommonOptions(
    group
      .command('install <id>')
      .description(`install ${BUILD_IDS.join(' or ')}, or go on with an installation that stopped`)
      .option(
        '--from <paths...>',
        'wheels, folders with wheels, or an archive of "runtime pack", in place of the network',
      )
      .option(
        '--index <url>',
        'a simple package index in place of the public one (also GPTNAS_PACKAGE_INDEX, PIP_INDEX_URL)',
      )
      .option('--choose', 'use it from now on'),
  ).action((id: string, { from = [], index, ...options }: InstallOptions) =>
    runCommand(options, async (context) => {
      const { client, output } = context
      const build = idOf(id)
      const installed = await install(context, build, from, index ?? null)
      if (installed === null) return EXIT.interrupted
      const runtimes = options.choose === true ? await client.runtimes.choose({ id: build }) : installed
      const isUsed = runtimes.runtimes.some((each) => each.id === build && each.isChosen)
      const next = isUsed ? '' : `\n\nUse it: ${typed(`runtime choose ${build}`)}.`
      output.result(runtimes, `${runtimesText(runtimes)}${next}`)
      return EXIT.ok
    }),
  )

  withCommonOptions(
    group
      .command('check [id]')
      .description('try the one in use, or another: it loads, finds devices, its kernels are right, it trains')
      .option('--files', 'read every byte of its files first and compare it with the pinned hashes'),
  ).action((id: string | undefined, { files, ...options }: CommonOptions & { readonly files?: boolean }) =>
    runCommand(options, async ({ client, output }) => {
      const wish = { id: id === undefined ? null : idOf(id), files: files === true }
      const done = await interruptible(output, 'Ending the check; nothing is changed.', async (signal) => {
        for await (const event of await client.runtimes.check(wish, { signal })) {
          if (event.type === 'finished') return event
          output.note(stepText(event.step))
        }
        return null
      })
      if (done === null) return EXIT.interrupted
      output.result(done, checkText(done.id, done.check))
      return done.check.ok ? EXIT.ok : EXIT.failed
    }),
  )

  withCommonOptions(group.command('choose <id>').description('what computes load from now on')).action(
    (id: string, options: CommonOptions) =>
      runCommand(options, async ({ client, output }) => {
        const runtimes = await client.runtimes.choose({ id: idOf(id) })
        output.result(runtimes, runtimesText(runtimes))
      }),
  )

  withCommonOptions(
    group.command('remove <id>').description('remove an installed build, whole or not, with its downloads'),
  ).action((id: string, options: CommonOptions) =>
    runCommand(options, async ({ client, output }) => {
      const runtimes = await client.runtimes.remove({ id: idOf(id) })
      output.result(runtimes, runtimesText(runtimes))
    }),
  )

  withCommonOptions(
    group
      .command('pack <id>')
      .description('write an installed build as one file, for "runtime install --from" on another machine')
      .requiredOption('--out <file>', 'the archive; a new file'),
  ).action((id: string, { out, ...options }: CommonOptions & { readonly out: string }) =>
    runCommand(options, async ({ client, output }) => {
      const done = await interruptible(output, 'Stopping; nothing is left of the archive.', async (signal) => {
        for await (const event of await client.runtimes.pack({ id: idOf(id), file: out }, { signal })) {
          if (event.type === 'finished') return event
          output.live([
            `${bar(event.doneBytes / event.totalBytes)} ${bytes(event.doneBytes)} of ${bytes(event.totalBytes)}`,
          ])
        }
        return null
      })
      if (done === null) return EXIT.interrupted
      output.result(
        done,
        `${done.file}, ${bytes(done.sizeBytes)}. On the other machine: gpt-nas runtime install ${id} --from FILE`,
      )
      return EXIT.ok
    }),
  )
}
