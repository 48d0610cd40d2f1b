// The ladder of the self-check, with processes that die, refuse or lie in each of its steps.
import { implement } from '@orpc/server'
import { describe, expect, it } from 'vitest'
import { computeContract, type SelfCheck } from '@shared/contract/compute'
import { selfCheckContract } from '@shared/contract/self-check'
import { memoryPorts } from '@shared/transport/port'
import { serveRouter } from '@shared/transport/rpc'
import { cardAnswer } from '../executors/card-proof'
import { ON_PROCESSOR } from '../executors/checked-environment'
import type { ProcessStarter } from '../executors/process-starter'
import { answerLimitMs } from '../executors/time-limits'
import { checkRuntime } from './runtime-check'

type Rung = 'gpu' | 'cpu' | 'cpu-cautious'
type Step = 'look' | 'run' | 'train'
/** What happens at a step of a rung: the process dies, or tells something else. */
interface Fault {
  readonly dies?: readonly `${Rung} ${Step}`[]
  readonly seesNoCard?: string
  /** Never answers. */
  readonly hangs?: `${Rung} ${Step}`
  readonly kernels?: Partial<Record<Rung, Partial<SelfCheck>>>
}

const CARD = { CUDA_VISIBLE_DEVICES: 'GPU-1' }

function processes({ dies = [], seesNoCard, hangs, kernels = {} }: Fault) {
  const started: string[] = []
  const start: ProcessStarter = (kind, env) => {
    const onCard = env['CUDA_VISIBLE_DEVICES'] === CARD.CUDA_VISIBLE_DEVICES
    const rung: Rung = onCard ? 'gpu' : env['TF_ENABLE_ONEDNN_OPTS'] === '1' ? 'cpu' : 'cpu-cautious'
    const [server, port] = memoryPorts()
    let end: (code: number | null) => void = () => undefined
    const exited = new Promise<number | null>((resolve) => (end = resolve))
    const at = <T>(step: Step, answer: T): Promise<T> => {
      started.push(`${kind} ${rung} ${step}`)
      if (hangs === `${rung} ${step}`) return new Promise(() => undefined)
      if (!dies.includes(`${rung} ${step}`)) return Promise.resolve(answer)
      end(139)
      return new Promise(() => undefined)
    }
    const selfCheck: SelfCheck = {
      ...{ oneDnn: rung !== 'cpu-cautious', groupedConvolution: true, allocator: 'bfc', notices: [] },
      ...(rung === 'gpu' && { halfPrecision: ['mixed-float16', 'mixed-bfloat16'] as const }),
      ...kernels[rung],
    } as SelfCheck
    const device = onCard && seesNoCard === undefined ? 'gpu' : 'cpu'
    const look = { tensorflow: '2.21.0', device } as const
    const check = implement(selfCheckContract)
    const compute = implement(computeContract)
    const router =
      kind === 'self-check'
        ? {
            look: check.look.handler(() => at('look', look)),
            run: check.run.handler(() => at('run', selfCheck)),
          }
        : {
            info: compute.info.handler(() => ({
              pid: 1,
              tensorflow: '2.21.0',
              binding: 'x',
              device: 'CPU',
              selfCheck,
            })),
            idle: compute.idle.handler(() => ({})),
            train: compute.train.handler(async function* ({ input, signal }) {
              await at('train', null)
              for (let step = 1; signal?.aborted !== true; step++) {
                await new Promise((resolve) => setTimeout(resolve, 5))
                const { lease } = input
                yield { type: 'step' as const, lease, epoch: 1, step, loss: 1 }
              }
            }),
          }
    serveRouter(router as never, server)
    return Promise.resolve({ pid: 1, port, exited, errors: () => seesNoCard ?? '', kill: () => end(null) })
  }
  return { start, started }
}

const check = (fault: Fault, card: Readonly<Record<string, string>> | null = CARD) =>
  checkRuntime({
    ...{ key: 'k', card, isForCards: card !== null, signal: new AbortController().signal, seconds: 0.05 },
    limitMs: fault.hangs === undefined ? 60_000 : 300,
    start: processes(fault).start,
  })

describe('the self-check of a runtime', () => {
  it('ends on the card where all is right, and measures a speed', async () => {
    const found = await check({})
    expect(found).toMatchObject({ ok: true, device: 'gpu', oneDnn: true, fallbacks: [] })
    expect(found.halfPrecision).toEqual(['mixed-float16', 'mixed-bfloat16'])
    expect(found.imagesPerSecond).toBeGreaterThan(0)
    expect(found.steps.map(({ step, on, ok }) => `${step} ${on} ${ok}`)).toEqual([
      'load gpu true',
      'devices gpu true',
      'kernels gpu true',
      'training gpu true',
    ])
  })

  it.each<[string, Fault, RegExp]>([
    ['dies while it loads', { dies: ['gpu look'] }, /code 139 while TensorFlow was loaded/],
    ['dies in a kernel', { dies: ['gpu run'] }, /code 139 while kernels were compared with float64/],
    ['dies while it trains', { dies: ['gpu train'] }, /code 139.* while a small network was trained/],
    [
      'is not seen',
      {
        seesNoCard:
          '2026 E cuda.cc:266] failed call to cuInit: CUDA_ERROR_NO_DEVICE: no CUDA-capable device is detected',
      },
      /sees no card: failed call to cuInit: CUDA_ERROR_NO_DEVICE/,
    ],
  ])('gives up a card that %s for the processor, and says why', async (_what, fault, why) => {
    const found = await check(fault)
    expect(found).toMatchObject({ ok: true, device: 'cpu', oneDnn: true })
    expect(found.fallbacks).toHaveLength(1)
    expect(found.fallbacks[0]).toMatch(/^The graphics card is not used: /)
    expect(found.fallbacks[0]).toMatch(why)
    expect(found.fallbacks[0]).toMatch(/Instead: the processor with TensorFlow's fast kernels/)
  })

  it('says of a card that does not answer in time that nothing is known of it', async () => {
    const late = await check({ hangs: 'gpu run' })
    expect(late).toMatchObject({ device: 'cpu', isCardLate: true })
    expect(cardAnswer(late)).toMatchObject({ usesGpu: false, isSettled: false })
    expect(cardAnswer(await check({ dies: ['gpu run'] }))).toMatchObject({ usesGpu: false, isSettled: true })
    expect(cardAnswer(await check({ hangs: 'cpu run' }, null))).toMatchObject({ isSettled: true })
  })

  it('ends what it started where it is cancelled', async () => {
    const controller = new AbortController()
    const { start } = processes({ hangs: 'cpu-cautious look' })
    let ended = 0
    const watched: ProcessStarter = async (kind, env) => {
      const process = await start(kind, env)
      void process.exited.then(() => ended++)
      setTimeout(() => controller.abort(), 20)
      return process
    }
    const checking = checkRuntime({
      ...{ start: watched, key: 'k', card: null, isForCards: false, signal: controller.signal },
    })
    await expect(checking).rejects.toMatchObject({ code: 'cancelled' })
    expect(ended).toBe(1)
  })

  it('gives a card that its driver compiles for its time, and the processor no more than it needs', () => {
    expect(answerLimitMs(CARD)).toBeGreaterThanOrEqual(30 * 60_000)
    for (const env of [ON_PROCESSOR.env, {}, { CUDA_VISIBLE_DEVICES: '' }]) expect(answerLimitMs(env)).toBe(120_000)
  })

  it('gives up fast kernels that die or are wrong for cautious ones', async () => {
    const died = await check({ dies: ['cpu run'] }, null)
    expect(died).toMatchObject({ ok: true, oneDnn: false })
    expect(died.fallbacks[0]).toMatch(/oneDNN\) is not used: .*139.*Instead: the processor with cautious kernels/)
    const notices = ["TensorFlow's fast kernels (oneDNN) are off, 3 checks failed: dense 1x1."]
    const wrong = await check({ kernels: { cpu: { oneDnn: false, notices } } }, null)
    expect(wrong).toMatchObject({ ok: true, oneDnn: false })
    expect(wrong.fallbacks[0]).toContain('dense 1x1')
  })

  it('goes down the whole ladder, and says when nothing is left', async () => {
    const found = await check({ dies: ['gpu train', 'cpu train', 'cpu-cautious train'] })
    expect(found).toMatchObject({ ok: false, device: null, imagesPerSecond: null })
    expect(found.fallbacks).toHaveLength(3)
    expect(found.fallbacks[2]).toContain('Nothing is left')
  })

  it('gives up mixed precision where it was not right', async () => {
    const found = await check({ kernels: { gpu: { halfPrecision: [] } } })
    expect(found).toMatchObject({ device: 'gpu', halfPrecision: [] })
    expect(found.fallbacks).toEqual([expect.stringContaining('Instead: float32') as string])
  })
})
