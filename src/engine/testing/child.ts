// Runs a TypeScript entry of the tests as a real child process, so that it can be killed like one.
import { fork, type ChildProcess } from 'node:child_process'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { build } from 'vite'

const root = path.resolve(__dirname, '../../..')

/** Bundles `entry` the way the product is bundled (CommonJS, native packages external) and forks it. */
export async function forkEntry(entry: string, args: readonly string[]): Promise<ChildProcess> {
  // Below node_modules, so that the bundle finds the native packages that stay external.
  const folder = path.join(root, 'node_modules', '.gptnas-test', `${path.basename(entry, '.ts')}-${process.pid}`)
  await build({
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { '@shared': path.join(root, 'src/shared') } },
    ssr: { noExternal: true },
    build: {
      ssr: entry,
      outDir: folder,
      emptyOutDir: true,
      rollupOptions: { external: ['libsql'], output: { format: 'cjs', entryFileNames: 'entry.cjs' } },
    },
  })
  const child = fork(path.join(folder, 'entry.cjs'), [...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  onTestFinished(() => {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
  return child
}

/** Resolves with the first message of the child for which `wanted` is true. */
export function messageOf(child: ChildProcess, wanted: (message: unknown) => boolean): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the child ended with ${code} before it said so`)))
    child.on('message', (message) => {
      if (wanted(message)) resolve(message)
    })
  })
}
