// Python environments of the peers, made on first use beside the data sets and kept: one for each, pinned.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

export type Peer = 'keras' | 'pytorch'

const PEERS: Readonly<Record<Peer, { readonly packages: readonly string[]; readonly modules: readonly string[] }>> = {
  // The TensorFlow that libtensorflow of the set-up comes from, so that both sides run the same kernels.
  keras: { packages: ['tensorflow-cpu==2.21.0'], modules: ['tensorflow', 'keras'] },
  // Only its processor kernels are measured: where pip is told of PyTorch's own index it takes the smaller +cpu build.
  pytorch: { packages: ['torch==2.13.0', 'numpy==2.4.6'], modules: ['torch', 'numpy'] },
}

const cache =
  process.env['GPTNAS_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'gpt-nas-workbench')
const folderOf = (peer: Peer): string => join(cache, 'bench-python', peer)

/** The interpreter, after `preparePython`. */
export const pythonOf = (peer: Peer): string => join(folderOf(peer), 'bin', 'python')

/** @throws Error with pip's last lines */
export function preparePython(peer: Peer, note: (line: string) => void): void {
  const { packages, modules } = PEERS[peer]
  const python = pythonOf(peer)
  const script = `import importlib.util as u, sys; sys.exit(not all(u.find_spec(name) for name in ${JSON.stringify(modules)}))`
  if (existsSync(python) && spawnSync(python, ['-c', script]).status === 0) return
  note(`installs ${packages.join(' and ')} into ${folderOf(peer)} (hundreds of megabytes to download)`)
  for (const [command, ...options] of [
    ['python3', '-m', 'venv', folderOf(peer)],
    [python, '-m', 'pip', 'install', '--quiet', ...packages],
  ] as [string, ...string[]][]) {
    const { status, stderr } = spawnSync(command, options, { encoding: 'utf8' })
    if (status !== 0) throw new Error(`${command} ${options.join(' ')} failed: ${stderr.slice(-500)}`)
  }
}
