// Hostile networks: each ends soon, with a network or with words. All three hundred, with time and memory, are npm run bench:hostile's.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { attackNetworks } from './hostile-networks'

/** What would take minutes or gigabytes if it were not refused for what it is. */
const ANSWERS: readonly (readonly [string, RegExp])[] = [
  ['constants that are worked out three times each, thirty deep', /far more steps than they have values/],
  ['19,000 additions of 16,384 constants', /far more steps than they have values/],
  [
    '4,000 convolutions that share a kernel of four megabytes',
    /its layers have more than \d+ values, and it holds 1048576/,
  ],
  ['20 million empty nodes', /far more nodes, attributes or single numbers/],
  ['20 million numbers of 64 bits', /far more nodes, attributes or single numbers/],
  ['500 flattened maps of eight million features', /features in another order are too many/],
  ['a model of nothing that is used again and again', /used more than 60000 times/],
  ['15,000 layers in the order from the last to the first', /has 15000 layers, and a design at most 5000/],
  ['10 million objects of nothing', /more than 1000000 values/],
  ['a shard that is named 100,000 times', /names its shard .* twice/],
  ['500 entries of weights that grow a thousand times', /grows from \d+ to \d+ bytes/],
  ['a text of 64 MiB', /at most 33554432 were expected/],
  ['a configuration whose checksum is wrong', /its checksum does not match/],
  ['spaces before what is no token', /no protobuf text: line 1/],
]

it('hostile networks are read or refused, and nothing is written elsewhere', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'hostile-networks-'))
  try {
    const attacks = await attackNetworks(folder, 100)
    const answerOf = (what: string): string => attacks.find(({ mutation }) => mutation === what)?.message ?? 'not made'
    for (const [what, answer] of ANSWERS) expect(answerOf(what), what).toMatch(answer)
    expect(attacks.filter(({ end, strays }) => end === 'bug' || strays.length > 0)).toEqual([])
    expect(attacks.filter(({ end, message }) => end === 'refused' && message.length > 10_000)).toEqual([])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 300_000)
