// How far an installation is, as one fraction over all its wheels, told at most ten times a second (docs/rules.md#ten-updates-a-second).
import type { InstallProgress } from '@shared/contract/runtimes'
import type { WheelPin } from '@shared/runtime/tensorflow-builds'

const EVERY_MS = 100

export interface Telling {
  /** A step of a wheel; `done` of its bytes in that step. */
  (step: InstallProgress['step'], wheel: WheelPin, done: number, total: number): void
}

/** What a byte of each step weighs in the whole: a download takes most of the time on most lines. */
const WEIGHTS = { downloading: 0.7, verifying: 0.1, unpacking: 0.2 } as const
const BEFORE = { downloading: 0, verifying: WEIGHTS.downloading, unpacking: 1 - WEIGHTS.unpacking } as const

/** @param now the clock in milliseconds; replaced in tests */
export function telling(
  wheels: readonly WheelPin[],
  emit: (progress: InstallProgress) => void,
  now = () => performance.now(),
): Telling {
  const all = wheels.reduce((sum, { bytes }) => sum + bytes, 0)
  let last = -Infinity
  let told = ''
  return (step, wheel, done, total) => {
    const key = `${wheel.file} ${step}`
    if (key === told && now() - last < EVERY_MS && done < total) return
    told = key
    last = now()
    const index = wheels.indexOf(wheel)
    const before = wheels.slice(0, index).reduce((sum, { bytes }) => sum + bytes, 0)
    const part = step === 'checking' ? 1 : BEFORE[step] + WEIGHTS[step] * (total === 0 ? 1 : done / total)
    const fraction = all === 0 ? 1 : Math.min(1, (before + wheel.bytes * part) / all)
    emit({
      type: 'progress',
      step,
      file: wheel.file,
      index,
      files: wheels.length,
      doneBytes: done,
      totalBytes: total,
      fraction,
    })
  }
}
