// The other measurements of what goes wrong, each in a process of its own: one command runs them all.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { checkout, type BenchOptions, type Measured } from '../harness'

/** Their script in package.json is `bench:NAME`. */
const OTHERS = ['kills', 'damage', 'full-disk', 'hostile'] as const

/** Their results by name, their checks together. @throws Error where one did not come to its report */
export async function measureOthers({ quick, note }: BenchOptions): Promise<Measured> {
  const results: Record<string, unknown> = {}
  const checks: Measured['checks'][number][] = []
  for (const name of OTHERS) {
    note(`bench:${name} ...`)
    const options = ['--json', ...(quick ? ['--quick'] : [])]
    const child = spawn(process.execPath, [join(checkout, 'scripts', 'bench.mjs'), name, ...options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')))
    await once(child, 'close')
    if (out.trim() === '') throw new Error(`bench:${name} came to no report`)
    const measured = JSON.parse(out) as Measured
    results[name] = measured.results
    checks.push(...measured.checks.map((check) => ({ ...check, name: `${name}: ${check.name}` })))
  }
  return { results, checks }
}
