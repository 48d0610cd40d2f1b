// A Python for tests that need one: GPTNAS_PYTHON names an interpreter, else python3 is tried. Without it, or without the package, such
// tests are skipped by name.
import { spawnSync } from 'node:child_process'

/** Whether packages are there: loading TensorFlow to see that takes seconds. */
const LOOK = 'import sys, importlib.util as u; sys.exit(any(u.find_spec(name) is None for name in sys.argv[1:]))'

/** @param packages that it must be able to import @returns undefined where there is none */
export const pythonWith = (...packages: readonly string[]): string | undefined =>
  [process.env['GPTNAS_PYTHON'], 'python3'].find(
    (candidate) => candidate !== undefined && spawnSync(candidate, ['-c', LOOK, ...packages]).status === 0,
  )
