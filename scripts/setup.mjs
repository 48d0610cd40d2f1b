// npm run setup: prepares everything without starting anything. The other scripts do the same on their own.
// Options: --with dataset | display (repeatable), --electron vendor | stand-in.
import { parseArgs } from 'node:util'
import { cacheFolder } from './setup/paths.mjs'
import { orExit } from './setup/prepare.mjs'
import { setUp } from './setup/run.mjs'

const { values } = parseArgs({
  options: { with: { type: 'string', multiple: true, default: [] }, electron: { type: 'string' } },
})
const unknown = values.with.filter((name) => name !== 'dataset' && name !== 'display')
if (unknown.length > 0 || ![undefined, 'vendor', 'stand-in'].includes(values.electron)) {
  process.stderr.write('Usage: npm run setup -- [--with dataset] [--with display] [--electron vendor|stand-in]\n')
  process.exit(2)
}
const ran = await orExit(() =>
  setUp({
    withDataSet: values.with.includes('dataset'),
    withVirtualDisplay: values.with.includes('display'),
    electron: values.electron,
  }),
)
process.stderr.write(`Set-up ${ran === 0 ? 'has nothing to do' : 'is complete'}. Cache: ${cacheFolder()}\n`)
