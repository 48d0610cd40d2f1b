// What is done on a disk that is full: each stage of the work as commands, with what has to be there before and how much room is left.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pngOf } from '../../src/engine/datasets/testing/small-files'
import { DATASET, writeDataset } from '../../tests/faults/dataset'

const KIB = 1024
const MIB = 1024 ** 2
const [IMAGES, SIDE] = [60, 64]

export interface Stage {
  readonly name: string
  /** Room that is left when the command begins, in bytes: each is tried. */
  readonly left: readonly number[]
  /** What is there before: finished work that may not be lost. */
  readonly before: readonly (readonly string[])[]
  /** What is done on the full disk. */
  readonly command: readonly string[]
  /** Is taken away before the disk is filled, so that it is made again. */
  readonly remade?: string
  /** A file of before that the command writes anew where it succeeds, and not with the same bytes. */
  readonly rewritten?: string
  /** May succeed all the same: what does not fit is not needed for it. */
  readonly mayGoOn?: boolean
  /** After room was made, where it is not the command again: a run goes on. */
  readonly isRun?: boolean
}

/** Files outside of the disk that the commands read. */
export interface Inputs {
  readonly pictures: string
  readonly search: string
  readonly longSearch: string
}

export function writeInputs(folder: string): Inputs {
  const pictures = path.join(folder, 'pictures')
  for (let image = 0; image < IMAGES; image++) {
    const label = path.join(pictures, image % 2 === 0 ? 'left' : 'right')
    mkdirSync(label, { recursive: true })
    writeFileSync(path.join(label, `${image}.png`), pngOf(SIDE, SIDE, image))
  }
  const file = (name: string, content: unknown): string => {
    const place = path.join(folder, name)
    writeFileSync(place, JSON.stringify(content))
    return place
  }
  const search = (name: string, generations: number) => ({
    name,
    strategy: 'random',
    populationSize: 2,
    generations,
    computes: 1,
    space: { minBlocks: 2, maxBlocks: 2, maxMacs: 2_000_000 },
    data: { dataset: DATASET, trainImages: 160, validationImages: 80 },
    recipe: { epochs: 1, batchSize: 32 },
  })
  return {
    pictures,
    search: file('search.json', search('Short', 1)),
    longSearch: file('long.json', search('Long', 3)),
  }
}

/** A fresh workspace on the disk: empty but for the images a search trains on. */
export function freshWorkspace(disk: string): void {
  for (const name of ['workspace', 'cache']) {
    rmSync(path.join(disk, name), { recursive: true, force: true })
    mkdirSync(path.join(disk, name))
  }
  writeDataset(path.join(disk, 'workspace'))
}

export function stages(disk: string, { pictures, search, longSearch }: Inputs): readonly Stage[] {
  const finished = ['search', 'start', '--config', search]
  const none = [0, 12 * KIB, 64 * KIB]
  const start = ['search', 'start', '--config', longSearch]
  return [
    {
      name: 'import',
      left: [...none, 200 * KIB, 500 * KIB],
      before: [finished],
      command: ['dataset', 'import', pictures, '--name', 'mine'],
    },
    {
      name: 'prepare',
      left: [...none, 150 * KIB],
      before: [finished],
      command: ['dataset', 'get', DATASET, '--resolution', '8'],
    },
    { name: 'search', left: [...none, 200 * KIB], before: [finished], command: start, isRun: true, mayGoOn: true },
    // What a search stores of itself fits, but no state of a training.
    {
      name: 'checkpoint',
      left: [300 * KIB, 500 * KIB],
      before: [finished],
      command: start,
      isRun: true,
      mayGoOn: true,
    },
    {
      name: 'export',
      left: [...none, 120 * KIB, 200 * KIB],
      before: [finished],
      command: ['export', '1'],
      mayGoOn: true,
    },
    {
      name: 'export again',
      left: none,
      before: [finished, ['export', '1']],
      command: ['export', '1'],
      // Its proof tells how long an image took.
      rewritten: path.join('workspace', 'exports', 'run-1-trial-1-tfjs', 'metadata.json'),
      mayGoOn: true,
    },
    // The copy of a day is made before the first trial of a session; a search may go on without it.
    {
      name: 'backup',
      left: [100 * KIB, 300 * KIB],
      before: [finished],
      remade: path.join('workspace', 'backups'),
      command: start,
      isRun: true,
      mayGoOn: true,
    },
    {
      name: 'proposer training',
      left: [0, MIB, 8 * MIB],
      before: [finished],
      command: [
        ...['proposer', 'train', '--out', path.join(disk, 'checkpoint'), '--cells', '100', '--chains', '50'],
        ...['--cell-epochs', '1', '--chain-epochs', '1', '--classifier-epochs', '1', '--batch-size', '32'],
      ],
    },
  ]
}
