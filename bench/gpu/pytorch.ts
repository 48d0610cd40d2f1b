// PyTorch's step on the same device, where a Python of this machine has it: GPTNAS_PYTHON names one, else python3 in PATH. Nothing is
// installed: builds for cards take gigabytes, and whoever compares has one.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { checkout } from '../harness'
import { askChild } from '../train/peers'
import type { StepJob, StepTimes } from '../train/steps'
import type { Mode } from './modes'

const python = process.env['GPTNAS_PYTHON'] ?? 'python3'
const LOADING_SECONDS = 60

/** Its version where it can use this device; null where it is not there, its build knows no card, or it does not load in time. */
export function pytorchVersion(isCard: boolean): string | null {
  const script = `import torch\nassert ${isCard ? 'torch.cuda.is_available()' : 'True'}\nprint(torch.__version__)`
  const { status, stdout } = spawnSync(python, ['-c', script], { encoding: 'utf8', timeout: 1000 * LOADING_SECONDS })
  return status === 0 ? stdout.trim() : null
}

/** @throws Error with its last lines */
export async function pytorchStep(step: StepJob, mode: Mode, isCard: boolean): Promise<StepTimes> {
  const job = {
    ...step,
    device: isCard ? 'cuda' : 'cpu',
    precision: mode.precision,
    tf32: mode.tf32,
    compile: mode.xla,
  }
  const command = [python, [join(checkout, 'bench', 'train', 'torch_steps.py')]] as const
  const outcome = await askChild<StepTimes>('PyTorch', command, job, {}, step.seconds + LOADING_SECONDS)
  if ('problem' in outcome) throw new Error(outcome.problem)
  return outcome.answer
}
