// What can stand under a name where a file was expected, and files that are none of the kind that their name promises.
import { execFileSync } from 'node:child_process'
import { appendFileSync, chmodSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { GIB, MIB } from '../../src/shared/units'

export interface Unusual {
  readonly name: string
  /** Puts it at `place`, where the valid file lies. */
  make(place: string, valid: Buffer): void
  /** No reader can make anything of it. */
  readonly isNoFile: boolean
}

const instead =
  (put: (place: string) => void): Unusual['make'] =>
  (place) => {
    rmSync(place)
    put(place)
  }
const noFile = (name: string, put: (place: string) => void): Unusual => ({ name, make: instead(put), isNoFile: true })
const file = (name: string, make: Unusual['make']): Unusual => ({ name, make, isNoFile: false })

/** Root may read what nobody may. */
const isRoot = process.getuid?.() === 0

export const UNUSUAL: readonly Unusual[] = [
  noFile('a pipe', (place) => void execFileSync('mkfifo', [place])),
  noFile('a device', (place) => symlinkSync('/dev/zero', place)),
  noFile('a folder', (place) => mkdirSync(place)),
  noFile('a link to itself', (place) => symlinkSync(place, place)),
  file('a link to nothing', (place) => {
    rmSync(place)
    symlinkSync(`${place}.none`, place)
  }),
  noFile('a file of the system', (place) => symlinkSync('/proc/self/status', place)),
  ...(isRoot ? [] : [file('a file that nobody may read', (place) => chmodSync(place, 0))]),
  file('an empty file', (place) => truncateSync(place)),
  file('half a file', (place, valid) => truncateSync(place, Math.floor(valid.length / 2))),
  file('a file with 3 GiB of nothing at its end', (place) => truncateSync(place, 3 * GIB)),
  file('3 GiB of nothing', (place) => {
    truncateSync(place)
    truncateSync(place, 3 * GIB)
  }),
  file('text of another encoding', (place) => writeFileSync(place, Buffer.from('{"näme": "Käse"}\n', 'latin1'))),
  file('text of another encoding at its end', (place) => appendFileSync(place, Buffer.from('Käse', 'latin1'))),
  file('20 MiB of line ends', (place) => writeFileSync(place, Buffer.alloc(20 * MIB, '\n'))),
]
