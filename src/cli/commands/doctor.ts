// gpt-nas doctor: versions, devices, memory, disk and what is wrong; with --benchmark also how computes train fastest here.
import type { Command } from 'commander'
import type { DoctorReport } from '@shared/contract/runtime'
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
    `Memory: ${bytes(report.memory.freeBytes)} free of ${bytes(report.memory.totalBytes)}. Disk: ${bytes(report.disk.freeBytes)} free at ${report.disk.path}.`,
    table(['State', 'Check', 'Found'], checks),
    fixes.length === 0 ? 'Everything is in order.' : `What to do:\n${fixes.map((line) => `- ${line}`).join('\n')}`,
  ].join('\n\n')
}

interface DoctorOptions extends CommonOptions {
  readonly benchmark?: boolean
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
      ),
  ).action((options: DoctorOptions) =>
    runCommand(options, async (context) => {
      if (options.benchmark === true) return measure(context)
      const { client, output } = context
      output.note('Looking at the machine and trying TensorFlow in a process of its own ...')
      const report = await client.runtime.doctor()
      output.result(report, asText(report))
      return report.ok ? EXIT.ok : EXIT.failed
    }),
  )
}
