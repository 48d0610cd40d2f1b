// Child of a test: a command whose work never settles, fails or succeeds, as its argument says.
import { untilSettled } from '../settle'

const works: Readonly<Record<string, () => Promise<unknown>>> = {
  // A timer that keeps no process alive, as the heart of the lease has one.
  never: () => new Promise((resolve) => setTimeout(resolve, 60_000).unref()),
  late: () => new Promise((resolve) => setTimeout(resolve, 50)),
  fails: () => Promise.reject(new Error('its own reason')),
}

untilSettled(works[process.argv[2] ?? '']!()).catch((thrown: unknown) => {
  process.stdout.write(String(thrown))
  process.exitCode = 7
})
