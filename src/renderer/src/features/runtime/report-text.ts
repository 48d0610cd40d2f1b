// The doctor's report as plain text for a bug report: facts only, one per line.
import type { DoctorReport, Status } from '@shared/contract/runtime'
import type { HostFacts } from '@shared/contract/window'

export function reportText(report: DoctorReport, status: Status | null, facts: HostFacts): string {
  const lines = [
    `GPT-NAS Workbench ${facts.appVersion} (${facts.platform}, Electron ${facts.electron}, Chrome ${facts.chrome}, Node ${facts.node})`,
    ...Object.entries(report.versions).map(([name, version]) => `${name}: ${version}`),
    ...report.devices.map(
      (device) => `device: ${device.kind} ${device.name}, ${device.memoryBytes} bytes, ${device.detail}`,
    ),
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
  return lines.join('\n')
}
