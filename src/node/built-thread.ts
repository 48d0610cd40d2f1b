// Where the program of a worker thread lies: a built entry beside the process's own, also when that runs from a chunk.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { AppError } from '@shared/errors'

/** @param name of the entry in electron.vite.config.ts @param what for people @throws AppError `runtime-missing` */
export function builtThread(name: string, what: string): string {
  const places = ['.', '..'].map((up) => path.join(__dirname, up, `${name}.js`))
  const found = places.find((place) => existsSync(place))
  if (found !== undefined) return found
  throw new AppError(
    'runtime-missing',
    `The ${what} should be at ${places[0]}, it is not there.`,
    'Build or install the workbench again.',
  )
}
