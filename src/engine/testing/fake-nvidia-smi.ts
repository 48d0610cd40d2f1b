// A stand-in for nvidia-smi: a program that answers each of its queries with what a test says.
import { chmodSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { temporaryFolder } from './temporary-folder'

export interface FakeAnswers {
  /** Lines of `--query-gpu`. */
  readonly devices?: string
  /** Lines of the second `--query-gpu`, for capability, power, clocks and modes. */
  readonly more?: string
  /** Lines of `-L`. */
  readonly listing?: string
  /** Lines of `--query-compute-apps`. */
  readonly processes?: string
}

/** @returns path of the program; it lives as long as the running test. */
export function fakeNvidiaSmi(answers: FakeAnswers): string {
  const folder = temporaryFolder()
  const file = (name: string, text = ''): string => {
    writeFileSync(path.join(folder, name), text)
    return path.join(folder, name)
  }
  return script(
    folder,
    `case "$1" in
  --query-gpu=index,compute_cap*) cat '${file('more', answers.more)}' ;;
  --query-gpu=*) cat '${file('devices', answers.devices)}' ;;
  --query-compute-apps=*) cat '${file('processes', answers.processes)}' ;;
  -L) cat '${file('listing', answers.listing)}' ;;
  *) echo "unknown argument $1"; exit 2 ;;
esac`,
  )
}

/** One that runs these lines of shell. */
export function brokenNvidiaSmi(lines: string): string {
  return script(temporaryFolder(), lines)
}

function script(folder: string, lines: string): string {
  const program = path.join(folder, 'nvidia-smi')
  writeFileSync(program, `#!/bin/sh\n${lines}\n`)
  chmodSync(program, 0o755)
  return program
}
