// The doctor's report as plain text for a bug report: facts only, one per line, and nothing that says who or where somebody is. Pure.
import type { DoctorReport, Status } from '../contract/runtime'

/** @param head what program and surroundings these are, the first line */
export function reportText(report: DoctorReport, status: Pick<Status, 'computes'> | null, head: string): string {
  const lines = [
    head,
    ...Object.entries(report.versions).map(([name, version]) => `${name}: ${version}`),
    ...report.devices.map(
      (device) => `device: ${device.kind} ${device.name}, ${device.memoryBytes} bytes, ${device.detail}`,
    ),
    ...report.cards.smi.map((line) => `nvidia-smi sees: ${line}`),
    ...report.cards.tensorflow.map((line) => `TensorFlow sees: ${line}`),
    `memory: ${report.memory.freeBytes} of ${report.memory.totalBytes} bytes free`,
    `disk: ${report.disk.freeBytes} bytes free`,
    ...(status?.computes ?? []).map(
      (compute) =>
        `compute ${compute.slot}: ${compute.state} on ${compute.device}, ${compute.cores?.toFixed(1) ?? '?'} cores, ${compute.memoryBytes ?? '?'} bytes, ${compute.restarts} restarts${compute.notice === null ? '' : `, ${compute.notice}`}`,
    ),
    ...report.checks.map(
      (check) => `[${check.status}] ${check.title}: ${check.found}${check.fix === '' ? '' : ` -> ${check.fix}`}`,
    ),
  ]
  return withoutPlaces(lines.join('\n'), report.disk.path)
}

/** What begins a path of a person's own: their home under Linux, macOS and Windows. */
const HOME = /(?:\/home\/|\/Users\/|[A-Z]:\\Users\\)[^/\\\s'",;:)]+|\/root(?=[/\s'",;:)]|$)/g

/** Names of people and of the places they chose are replaced: the workspace by its word, a home by `~`. */
export function withoutPlaces(text: string, workspace: string): string {
  const told = workspace === '' ? text : text.replaceAll(workspace, '(workspace)')
  return told.replace(HOME, '~')
}
