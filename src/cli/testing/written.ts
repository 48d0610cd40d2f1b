// What a command run inside a test writes, as the shell would see it.
import { vi } from 'vitest'

/** Takes over both output streams until `vi.restoreAllMocks`; the result fills while the command runs. */
export function captureOutput(): { out: string; err: string } {
  const written = { out: '', err: '' }
  const capture = (stream: NodeJS.WriteStream, name: keyof typeof written): void => {
    vi.spyOn(stream, 'write').mockImplementation((piece) => {
      written[name] += String(piece)
      return true
    })
  }
  capture(process.stdout, 'out')
  capture(process.stderr, 'err')
  return written
}
