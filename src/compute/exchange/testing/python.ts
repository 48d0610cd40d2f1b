// A Python for tests that need one: GPTNAS_PYTHON names an interpreter, else python3 is tried. Without it, or without the package, such
// tests are skipped by name.
import { spawnSync } from 'node:child_process'

/** @param packages that it must be able to import @returns undefined where there is none */
export const pythonWith = (...packages: readonly string[]): string | undefined =>
  [process.env['GPTNAS_PYTHON'], 'python3'].find(
    (candidate) =>
      candidate !== undefined && spawnSync(candidate, ['-c', `import ${packages.join(', ')}`]).status === 0,
  )
