// A wheel from the package index, as pinned: where it is had and what is said where it is not. How it comes is downloads/pinned-file.ts's.
import { AppError } from '@shared/errors'
import type { WheelPin } from '@shared/runtime/tensorflow-builds'
import { typed } from '@node/command-line'
import { downloadPinned } from '../downloads/pinned-file'
import { wheelAddress } from './package-index'
import type { Telling } from './progress'

export interface DownloadOptions {
  /** Where halves and whole wheels are kept. */
  readonly folder: string
  readonly index: string | undefined
  readonly tell: Telling
  readonly signal: AbortSignal
  /** Between two attempts; replaced in tests. */
  readonly pauseMs?: number
}

/**
 * @returns the checked file in `options.folder`
 * @throws AppError `not-found`, `runtime-missing` where it cannot be had, `storage-failed`, `cancelled`
 */
export function downloadWheel(pin: WheelPin, { tell, index, ...options }: DownloadOptions): Promise<string> {
  return downloadPinned(pin, {
    ...options,
    tell: (step, done, total) => tell(step, pin, done, total),
    address: () => wheelAddress(pin, index, options.signal),
    unreachable: (cause) =>
      new AppError(
        'runtime-missing',
        `${pin.file} could not be downloaded: ${cause.message}.`,
        'Check the network and try again: it goes on where it stood. Without a network, fetch the wheels on another machine and install from their folder.',
        { cause, commandLine: `Type "${typed('runtime install ID --from FOLDER')}".` },
      ),
    changed: () =>
      new AppError(
        'runtime-missing',
        `${pin.file} did not come as it is pinned: ${pin.bytes} bytes with SHA-256 ${pin.sha256}.`,
        'A proxy or a mirror may have changed it. Use another network or index, or install from files.',
      ),
  })
}
