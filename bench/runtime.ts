// npm run bench:runtime: the installation of a runtime is killed at random moments, gets damaged and hostile files and a full disk. The next
// one must repair or go on, nothing half-installed may ever be loaded, and nothing may be written elsewhere. With small made-up wheels
// over a local server: the steps are those of the real ones.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom } from '../src/shared/random'
import { canMount } from '../tests/faults/mounted-disk'
import { atLeast, equal, runBench } from './harness'
import { CHILD, damageCampaign, fullDiskCampaign, hostileCampaign, install, killCampaign } from './runtime/campaigns'

const [mode, cache = '', index = ''] = process.argv.slice(2)

if (mode === CHILD) {
  install(cache, index).then(
    () => process.exit(0),
    (thrown: unknown) => {
      process.stderr.write(`${String(thrown)}\n`)
      process.exit(1)
    },
  )
} else {
  void runBench('Installing runtimes under faults', async ({ quick, note }) => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-runtime-'))
    const random = createRandom(163)
    try {
      note('Kills')
      const kills = await killCampaign(folder, quick ? 6 : 30, random.fork('kills'))
      note('Damaged files')
      const damage = await damageCampaign(folder, random.fork('damage'))
      note('Hostile archives')
      const hostile = await hostileCampaign(folder, quick ? 20 : 200, random.fork('hostile'))
      note('Full disks')
      const disks = canMount ? await fullDiskCampaign(folder, quick ? 2 : 8, random.fork('disks')) : null
      return {
        results: { kills, damage, hostile, disks: disks ?? 'not tried: no right to mount a disk' },
        checks: [
          atLeast('kills', kills.kills, quick ? 6 : 30),
          equal('installations that failed without a kill', kills.failed, 0),
          equal('runtimes loaded half after a kill', kills.broken, 0),
          equal('installations that did not go on after a kill', kills.notResumed, 0),
          equal('files elsewhere after a kill', kills.strays, 0),
          equal('runtimes loaded with a file missing or cut off', damage.loadedDamaged, 0),
          equal('damaged files that a deep check did not find', damage.notFound, 0),
          equal('damaged runtimes that were not mended', damage.notMended, 0),
          atLeast('hostile archives refused', hostile.refused, 1),
          equal('runtimes with other files than pinned', hostile.broken, 0),
          equal('files elsewhere from a hostile archive', hostile.strays, 0),
          equal('hostile archives that ended in another error', hostile.bugs, 0),
          ...(disks === null
            ? []
            : [
                equal('full disks that were not told as such', disks.untold, 0),
                equal('runtimes loaded half after a full disk', disks.broken, 0),
                equal('installations that did not go on with room', disks.notResumed, 0),
              ]),
        ],
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
}
