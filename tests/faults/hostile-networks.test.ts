// Hostile networks: each ends soon, with a network or with words. All three hundred, with time and memory, are npm run bench:hostile's.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { attackNetworks } from './hostile-networks'

it('hostile networks are read or refused, and nothing is written elsewhere', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'hostile-networks-'))
  try {
    const attacks = await attackNetworks(folder, 60)
    expect(attacks.filter(({ end, strays }) => end === 'bug' || strays.length > 0)).toEqual([])
    expect(attacks.filter(({ end, message }) => end === 'refused' && message.length > 10_000)).toEqual([])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 300_000)
