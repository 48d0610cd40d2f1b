// Evaluator `command`: a program of the user's gets each architecture and prints its fitness and costs (docs/command.md). How it
// is started, watched and ended is src/engine/evaluators/command's; who may name a program is decision 107's.
import { z } from 'zod'
import { setting } from '../search/settings'
import { PUBLISHED_IMAGES } from '../spaces/published-images'
import type { EvaluatorKind } from './evaluator'

const [height, width, channels] = PUBLISHED_IMAGES.shape
const side = z.number().int().min(1).max(4096)

const schema = setting(
  z.object({
    kind: z.literal('command'),
    program: setting(z.string().max(4096).default(''), {
      description:
        'Program that is started for each architecture: its file, or a name that the system finds. No shell reads it.',
      isSimple: true,
      kind: 'program',
    }),
    arguments: setting(z.array(z.string().max(4096)).max(100).default([]), {
      description: 'Its arguments, each as it is; {file} stands for the file with the architecture.',
      isSimple: true,
    }),
    folder: setting(z.string().max(4096).nullable().default(null), {
      description: 'Folder it is started in; null takes that of the search file, in the window that of the program.',
      kind: 'folder',
    }),
    timeLimit: setting(z.number().positive().max(1e7).default(3600), {
      description: 'Seconds after which it is ended, with everything it has started.',
      unit: 'seconds',
      isSimple: true,
    }),
    retries: setting(z.number().int().min(0).max(10).default(0), {
      description:
        'How often it is started again for an architecture that it gave no fitness; not after an error it told.',
    }),
    parallel: setting(z.number().int().min(1).max(64).default(1), {
      description: 'Programs that run at once.',
      unit: 'programs',
    }),
    fitnessName: setting(z.string().min(1).max(100).default('fitness'), {
      description: 'What its fitness is called. Higher is better.',
    }),
    imageShape: setting(z.tuple([side, side, side]).default([height, width, channels]), {
      description: 'Height, width and channels of the images that architectures are for.',
    }),
    classes: setting(z.number().int().min(2).max(100_000).default(PUBLISHED_IMAGES.classes), {
      description: 'Classes that architectures tell apart.',
    }),
  }),
  { description: 'Starts a program of yours for each architecture and takes the fitness that it prints.' },
)
export type CommandDefinition = z.infer<typeof schema>

/** What a person allows to be started: the program, not for how long or how often. */
export const commandSchema = z.object({
  program: z.string(),
  arguments: z.array(z.string()),
  folder: z.string().nullable(),
})
export type Command = z.infer<typeof commandSchema>

/** The command of an evaluator, without what does not change what is started. */
export const commandOf = ({ program, arguments: words, folder }: Command): Command => ({
  program,
  arguments: words,
  folder,
})

/** Equal for equal commands. */
export const commandKey = (command: Command): string => JSON.stringify(commandOf(command))

/** In words, for people who decide about it: each argument with spaces or none in quotes. */
export function commandText({ program, arguments: words }: Command): string {
  return [program, ...words].map((word) => (/^[^\s"'\\]+$/.test(word) ? word : JSON.stringify(word))).join(' ')
}

export const commandEvaluator = {
  kind: 'command',
  schema,
  isTraining: false,
  needsData: false,
  reading: ({ evaluator }) => ({ name: evaluator.fitnessName, unit: 'number' }),
  // Words alone will do: the program knows what they mean.
  refusal: () => null,
} satisfies EvaluatorKind<CommandDefinition>
