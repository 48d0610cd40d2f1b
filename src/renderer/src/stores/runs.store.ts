// The list of runs of the workspace, pushed by the engine, and what can be done with a run as a whole.
// What happens inside one run is the run feed's (run-feed.store.ts).
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { useEngine } from '@/api/keys'
import { useStream } from '@/api/use-stream'
import type { FinalWish } from '@shared/search/final-training'
import type { Injection } from '@shared/search/injection'
import type { Run, RunDefinition } from '@shared/search/run'
import { RUN_STATE_RULES } from '@shared/search/run-states'

export const useRunsStore = defineStore('runs', () => {
  const { client } = useEngine()
  const runs = shallowRef<readonly Run[]>([])
  const isLoaded = shallowRef(false)
  const stream = useStream(
    () => true,
    (_key, signal) => client.searches.watchAll(undefined, { signal }),
    (list) => {
      runs.value = [...list].sort((a, b) => b.number - a.number)
      isLoaded.value = true
    },
  )

  const active = computed(() => runs.value.find((run) => RUN_STATE_RULES[run.state].isGoing) ?? null)
  const interrupted = computed(() => runs.value.filter((run) => run.state === 'interrupted'))
  const byId = (id: string | null): Run | null => runs.value.find((run) => run.id === id) ?? null

  /** Puts a run that a call returned into the list at once; the stream confirms it a moment later. */
  function apply(run: Run): Run {
    const others = runs.value.filter(({ id }) => id !== run.id)
    runs.value = [...others, run].sort((a, b) => b.number - a.number)
    return run
  }
  const create = async (definition: RunDefinition): Promise<Run> => apply(await client.searches.create({ definition }))
  const pause = async (id: string): Promise<Run> => apply(await client.searches.pause({ id }))
  const resume = async (id: string): Promise<Run> => apply(await client.searches.resume({ id }))
  const stop = async (id: string): Promise<Run> => apply(await client.searches.stop({ id }))
  const rename = async (id: string, name: string): Promise<Run> => apply(await client.searches.rename({ id, name }))
  const change = async (id: string, values: Record<string, unknown>): Promise<Run> =>
    apply(await client.searches.change({ id, values }))
  const inject = async (id: string, architecture: Injection): Promise<number> =>
    (await client.searches.inject({ id, architecture })).trialNumber
  const order = async (id: string, first: readonly number[]): Promise<void> =>
    void (await client.searches.order({ id, first: [...first] }))
  /** Trains its winner on, or another trial of it: a run of its own. */
  const finish = async (id: string, trialId: number | null, wish: FinalWish): Promise<Run> =>
    apply(await client.searches.finish({ id, trialId, wish }))
  /** The same for a hand-made network of about the same cost, which has no weights to start from. */
  const trainPeer = async (id: string, trialId: number | null, wish: FinalWish): Promise<Run> =>
    apply(await client.searches.trainPeer({ id, trialId, wish }))
  const endTrial = async (id: number): Promise<void> => void (await client.trials.end({ id }))
  async function remove(id: string): Promise<void> {
    await client.searches.remove({ id })
    runs.value = runs.value.filter((run) => run.id !== id)
  }

  return {
    runs,
    isLoaded,
    error: stream.error,
    reload: stream.reopen,
    active,
    interrupted,
    byId,
    create,
    pause,
    resume,
    stop,
    rename,
    change,
    inject,
    order,
    finish,
    trainPeer,
    endTrial,
    remove,
  }
})
