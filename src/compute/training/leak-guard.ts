// Tells when the process grows from epoch to epoch: training repeats the same steps, so what it holds after the first epochs
// should be all it ever holds. A leak is told once; the trial goes on, because its result is as good as any.
import { MIB, readableBytes } from '@shared/units'

/** Allocators settle over the first epochs: buffers of the first steps, of validation, of the first checkpoint. */
const SETTLING_EPOCHS = 2
/** Below this, growth is allocators and caches. Both figures are chosen, not measured: generous, since it only tells. */
const ALLOWED_BYTES = 256 * MIB
const ALLOWED_FRACTION = 0.25

export class LeakGuard {
  private epochs = 0
  private settled = 0
  private isTold = false

  /** @param resident bytes of this process; replaced in tests */
  constructor(private readonly resident: () => number = () => process.memoryUsage.rss()) {}

  /** Call after each epoch. @returns what to tell, once; null otherwise */
  check(): string | null {
    const now = this.resident()
    this.epochs++
    if (this.epochs <= SETTLING_EPOCHS) {
      this.settled = now
      return null
    }
    const grown = now - this.settled
    if (this.isTold || grown <= Math.max(ALLOWED_BYTES, ALLOWED_FRACTION * this.settled)) return null
    this.isTold = true
    return `The compute grew from ${readableBytes(this.settled)} to ${readableBytes(now)} over ${this.epochs - SETTLING_EPOCHS} epochs: something leaks memory.`
  }
}
