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
  // Its check says where it is.
  const cache = report.checks.filter(({ id, status }) => id === 'cache' && status === 'ok').map(({ found }) => found)
  return withoutPlaces(lines.join('\n'), { workspace: [report.disk.path], cache })
}

/** What begins a path of a person's own: their home under Linux, macOS and Windows, where names may hold blanks. */
const HOME =
  /(?:\/home\/|\/Users\/)[^/\\\s'",;:)]+|\/root(?=[/\s'",;:)]|$)|[A-Z]:\\Users\\(?:[^\\/:*?"<>|\r\n]+(?=\\)|[^\\\s'",;:)]+)/gi
/** Places that every machine has tell nothing of who uses it. */
const SYSTEM = 'dev|usr|lib|lib64|proc|sys|etc|opt|bin|sbin|run|boot'
/** Any other absolute path; what stands before it must not make it a part of a word, a sum or an address. */
const ELSEWHERE = new RegExp(`(?<![\\w~.):/\\\\])/(?!(?:${SYSTEM})\\b)[^\\s'",;:)/]+(?:/[^\\s'",;:)/]+)+`, 'g')
const ELSEWHERE_ON_WINDOWS = /\b[A-Z]:\\(?!Windows\b|Program Files)[^\s'",;:)]+/gi
/** Names of one card among all cards, or of a part of one. */
const CARD_ID = /\b(?:MIG-)?(GPU|MIG)-[0-9a-f]{4,}(?:-[0-9a-f]{4,})*(?:\/\d+)*\b/gi

/**
 * Names of people, of the places they chose and of their very cards are replaced: known places by their word, a home by `~`, any other
 * place by its last part, an id by the kind it is of.
 */
export function withoutPlaces(text: string, known: Readonly<Record<string, readonly string[]>>): string {
  const places = Object.entries(known).flatMap(([word, paths]) => paths.map((path) => ({ word, path })))
  // The longest first: one may lie in another.
  const ordered = places.filter(({ path }) => path !== '').sort((a, b) => b.path.length - a.path.length)
  let told = text
  for (const { word, path } of ordered) told = told.replaceAll(path, `(${word})`)
  const lastPart = (path: string): string => `(...)/${path.split(/[/\\]/).at(-1) ?? ''}`
  return told
    .replace(HOME, '~')
    .replace(ELSEWHERE, lastPart)
    .replace(ELSEWHERE_ON_WINDOWS, lastPart)
    .replace(CARD_ID, '$1-(id)')
}
