// gpt-nas doctor: versions, devices, memory, disk and what is wrong; with --benchmark also how computes train fastest here.
import type { Command } from 'commander'
import type { DoctorReport } from '@shared/contract/runtime'
import { reportText } from '@shared/runtime/report-text'
import { runCommand, withCommonOptions, type CommandContext, type CommonOptions } from '../command'
import { bytes, table } from '../format'
import { EXIT } from '../output'
import { devicesText } from './devices'
import { runBenchmark } from './doctor-benchmark'

const MARK = { ok: 'ok', warning: 'warn', error: 'FAIL' } as const

function asText(report: DoctorReport): string {
  const versions = Object.entries(report.versions).map(([name, version]) => [name, version])
  const devices = report.devices.map(({ name, kind, memoryBytes, detail }) => [
    kind.toUpperCase(),
    name,
    bytes(memoryBytes),
    detail,
  ])
  const checks = report.checks.map(({ title, status, found }) => [MARK[status], title, found])
  const fixes = report.checks
    .filter(({ status }) => status !== 'ok')
    .map(({ title, fix, commandLine = '' }) => `${title}: ${fix} ${commandLine}`.trimEnd())
  return [
    table(['Part', 'Version'], versions),
    table(['Device', 'Name', '>Memory', 'Detail'], devices),
    ...(report.devices.some(({ kind }) => kind === 'gpu') ? [sidesText(report)] : []),
    `Memory: ${bytes(report.memory.freeBytes)} free of ${bytes(report.memory.totalBytes)}. Disk: ${bytes(report.disk.freeBytes)} free at ${report.disk.path}.`,
    table(['State', 'Check', 'Found'], checks),
    fixes.length === 0 ? 'Everything is in order.' : `What to do:\n${fixes.map((line) => `- ${line}`).join('\n')}`,
  ].join('\n\n')
}

/** What nvidia-smi and TensorFlow see of the cards: where they differ, something is wrong. */
function sidesText({ cards }: DoctorReport): string {
  const rows = Array.from({ length: Math.max(cards.smi.length, cards.tensorflow.length) }, (_, line) => [
    cards.smi[line] ?? '',
    cards.tensorflow[line] ?? '',
  ])
  return table(['nvidia-smi sees', 'TensorFlow sees'], rows)
}

interface DoctorOptions extends CommonOptions {
  readonly benchmark?: boolean
  readonly report?: boolean
}

async function measure(context: CommandContext): Promise<number> {
  const result = await runBenchmark(context)
  if (result === null) return EXIT.interrupted
  const devices = await context.client.runtime.devices()
  context.output.result(devices, devicesText(devices))
  return EXIT.ok
}

export function doctorCommand(program: Command): void {
  withCommonOptions(
    program
      .command('doctor')
      .description('versions, devices, memory, disk, and what is wrong with them')
      .option(
        '--benchmark',
        'measure how many computes with how many threads train fastest here, and make that the default',
      )
      .option('--report', 'one text for a bug report, without names of people and places'),
  ).action((options: DoctorOptions) =>
    runCommand(options, async (context) => {
      if (options.benchmark === true) return measure(context)
      const { client, output } = context
      output.note('Looking at the machine and trying TensorFlow in a process of its own ...')
      const report = await client.runtime.doctor()
      const head = `GPT-NAS Workbench ${report.versions['GPT-NAS Workbench'] ?? ''}, command line`
      const text = options.report === true ? reportText(report, await client.runtime.status(), head) : asText(report)
      output.result(options.report === true ? { report: text } : report, text)
      return report.ok ? EXIT.ok : EXIT.failed
    }),
  )
}
