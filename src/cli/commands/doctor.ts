// gpt-nas doctor: versions, devices, memory, disk and what is wrong.
import type { Command } from 'commander'
import type { DoctorReport } from '@shared/contract/runtime'
import { runCommand, withCommonOptions, type CommonOptions } from '../command'
import { bytes, table } from '../format'
import { EXIT } from '../output'

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
  const fixes = report.checks.filter(({ status }) => status !== 'ok').map(({ title, fix }) => `${title}: ${fix}`)
  return [
    table(['Part', 'Version'], versions),
    table(['Device', 'Name', '>Memory', 'Detail'], devices),
    `Memory: ${bytes(report.memory.freeBytes)} free of ${bytes(report.memory.totalBytes)}. Disk: ${bytes(report.disk.freeBytes)} free at ${report.disk.path}.`,
    table(['State', 'Check', 'Found'], checks),
    fixes.length === 0 ? 'Everything is in order.' : `What to do:\n${fixes.map((line) => `- ${line}`).join('\n')}`,
  ].join('\n\n')
}

export function doctorCommand(program: Command): void {
  withCommonOptions(
    program.command('doctor').description('versions, devices, memory, disk, and what is wrong with them'),
  ).action((options: CommonOptions) =>
    runCommand(options, async ({ client, output }) => {
      output.note('Looking at the machine and trying TensorFlow in a process of its own ...')
      const report = await client.runtime.doctor()
      output.result(report, asText(report))
      return report.ok ? EXIT.ok : EXIT.failed
    }),
  )
}
