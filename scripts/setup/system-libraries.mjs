// Step: what Electron and the compiler need from the system. Installed where that is allowed (root, or sudo without a
// password, on Debian and its kin), otherwise the exact line is printed.
import { hasDisplay } from './display.mjs'
import { SetupFailure } from './failure.mjs'
import { attempt } from './shell.mjs'

/** What to look for, and the Debian packages that bring it: newer releases renamed some with a `t64` ending. */
const LIBRARIES = [
  { soname: 'libgtk-3.so.0', packages: ['libgtk-3-0t64', 'libgtk-3-0'] },
  { soname: 'libnss3.so', packages: ['libnss3'] },
  { soname: 'libasound.so.2', packages: ['libasound2t64', 'libasound2'] },
  { soname: 'libgbm.so.1', packages: ['libgbm1'] },
]
const PROGRAMS = [{ program: 'g++', probe: ['--version'], packages: ['g++'] }]
/** A virtual display for the tests, where there is no real one. */
const DISPLAY = { program: 'Xvfb', probe: ['-help'], packages: ['xvfb'] }

/** @param {{ withVirtualDisplay: boolean }} options */
export function systemLibraries({ withVirtualDisplay }) {
  const missing = () => findMissing(withVirtualDisplay && !hasDisplay() ? [...PROGRAMS, DISPLAY] : PROGRAMS)
  return {
    id: 'system-libraries',
    title: 'system libraries',
    isDone: async () => process.platform !== 'linux' || (await missing()).length === 0,
    async run(report) {
      const wanted = await missing()
      const line = `apt-get install -y --no-install-recommends ${(await packageNames(wanted)).join(' ')}`
      const apt = await aptCommand()
      if (!apt) {
        const names = wanted.map((item) => item.soname ?? item.program).join(', ')
        throw new SetupFailure(
          `Missing from the system: ${names}. They cannot be installed without an administrator.`,
          `sudo ${line}`,
        )
      }
      const [command, ...lead] = apt
      const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
      report.line('    apt-get update')
      await attempt(command, [...lead, 'update'], { env })
      const args = ['install', '-y', '--no-install-recommends', ...(await packageNames(wanted))]
      report.line(`    apt-get ${args.join(' ')}`)
      const { code, tail } = await attempt(command, [...lead, ...args], { env })
      if (code !== 0)
        throw new SetupFailure(
          `apt-get could not install the packages:\n${tail}`,
          `Type it yourself and read its reason: sudo ${line}`,
        )
    },
  }
}

/** @returns {Promise<typeof LIBRARIES>} the items that are not there */
async function findMissing(programs) {
  // ldconfig is in /sbin, which an ordinary user's PATH may lack.
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` }
  const { code, stdout } = await attempt('ldconfig', ['-p'], { env })
  const libraries = code === 0 ? LIBRARIES.filter(({ soname }) => !stdout.includes(`\t${soname} `)) : []
  const checked = await Promise.all(
    programs.map(async (item) => ((await attempt(item.program, item.probe)).code === 127 ? [item] : [])),
  )
  return [...libraries, ...checked.flat()]
}

/** The first name of each item that this release's package lists know; the last one when they know none. */
async function packageNames(items) {
  return Promise.all(
    items.map(async ({ packages }) => {
      for (const name of packages) {
        const { code, stdout } = await attempt('apt-cache', ['policy', name])
        if (code === 0 && /Candidate: (?!\(none\))/.test(stdout)) return name
      }
      return packages.at(-1)
    }),
  )
}

/** How apt-get may be called here, or undefined. */
async function aptCommand() {
  if ((await attempt('apt-get', ['--version'])).code !== 0) return undefined
  if (process.getuid?.() === 0) return ['apt-get']
  return (await attempt('sudo', ['-n', 'true'])).code === 0 ? ['sudo', '-n', 'apt-get'] : undefined
}
