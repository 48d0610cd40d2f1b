// What a training's data come to before anything runs: too few images, a data set that must be fetched, what a resolution saves.
import type { Dataset } from '@shared/contract/datasets'
import type { RunDefinition } from '@shared/search/run'
import { errorData } from '@shared/errors'
import { MIN_RESOLUTION, maxResolution, reducedSide, shapeAt } from '@shared/search/resolution'
import { costOfRung, imagesAt, sideAt } from '@shared/search/rung-images'
import { expectedShare, halvingOf, rungsText, type Halving } from '@shared/search/rungs'
import { trainedAt, validationImagesOf, withTrainedShare } from '@shared/search/validation-share'
import type { EvaluatorTools, Findings } from '../kind'

type Shape = readonly [number, number, number]

const figure = (epochs: number): string => String(Number(epochs.toPrecision(3)))

const sizeText = ([height, width]: readonly number[]): string => `${height} x ${width} pixels`

/** What a resolution comes to, and whether its images are there. Convolutions cost in proportion to the pixels. */
function resolutionNote(full: Shape, reduced: Shape, dataset: Dataset | undefined): string {
  const share = (100 * reduced[0] * reduced[1]) / (full[0] * full[1])
  const isKept = dataset?.resolutions?.some(({ resolution }) => resolution === reduced[0]) === true
  const cost = `Images of ${sizeText(reduced)} instead of ${sizeText(full)}: about ${share.toFixed(0)} % of the multiply-accumulates.`
  return isKept ? cost : `${cost} They are made when the search starts.`
}

/** Why a data set cannot be split as asked; null where it can. @param available images of its train split */
function tooManyImages(
  { data }: Pick<RunDefinition, 'data'>,
  available: number,
): { readonly message: string; readonly fix: string } | null {
  const { dataset, trainImages } = data
  const validationImages = validationImagesOf(data, available)
  if ((trainImages ?? 1) + validationImages <= available) return null
  const training = trainImages === null ? 'at least one' : `${trainImages}`
  return {
    message: `${validationImages} images to validate and ${training} to train were asked for; the train split of ${dataset} has ${available}.`,
    fix: 'Choose fewer (data.trainImages, data.validationImages), or leave both to the program (null).',
  }
}

/** How the images come to be divided, and what of that is worth a thought. */
function splitNotes({ data, recipe }: RunDefinition, available: number, classes: number): string[] {
  const validating = validationImagesOf(data, available)
  const training = data.trainImages ?? available - validating
  return [
    `${training.toLocaleString('en')} images train, ${validating.toLocaleString('en')} validate.`,
    ...(validating < classes ? [`${validating} images cannot validate all ${classes} classes.`] : []),
    ...(recipe.batchSize > training
      ? [`Batches of ${recipe.batchSize} are more than the ${training} images to train: each epoch is one step.`]
      : []),
  ]
}

/** What the first rung is on fewer or smaller images. @param facts of the run's own images */
function rungFindings(
  { data }: RunDefinition,
  halving: Halving,
  { shape, trainImages }: { readonly shape: Shape; readonly trainImages: number },
): Findings {
  const { dataset } = data
  const whole = data.trainImages ?? trainImages - validationImagesOf(data, trainImages)
  const images = trainedAt(whole, imagesAt(halving, 0))
  const side = sideAt(halving, 0) < 1 ? reducedSide(shape, sideAt(halving, 0)) : null
  if (side !== null)
    try {
      shapeAt(dataset, shape, side)
    } catch (thrown) {
      const { message } = errorData(thrown)
      const most = maxResolution(shape)
      const percent = (pixels: number): string =>
        `${Math.ceil((100 * pixels) / Math.min(shape[0] ?? 0, shape[1] ?? 0))} %`
      const advice =
        most < MIN_RESOLUTION
          ? 'Leave fidelity.firstSide empty (null).'
          : `Choose for fidelity.firstSide ${percent(MIN_RESOLUTION)} of the side or more, and less than all of it, or leave it empty (null) for whole images at every rung.`
      return {
        problems: [`The first rung (fidelity.firstSide) would have images of ${side} pixels: ${message} ${advice}`],
        notes: [],
      }
    }
  const size = side === null ? '' : ` of ${sizeText([side, side])}`
  return {
    problems: [],
    notes:
      halving.images === undefined && side === null
        ? []
        : [
            `The first rung trains on ${images.toLocaleString('en')} images${size}; all rungs validate on the same images, and each with more or larger ones to train on begins anew.`,
          ],
  }
}

/**
 * What the run keeps: a share of the data is a number from now on.
 * @throws AppError `dataset-missing`, `dataset-damaged` where its first trial would have nothing to train on
 */
export async function settleData(
  definition: RunDefinition,
  { datasets }: Pick<EvaluatorTools, 'datasets'>,
): Promise<RunDefinition> {
  const { data } = definition
  const found = (await datasets.list()).find(({ name }) => name === data.dataset)
  // Says why it cannot be had; reading all of one that is there can wait for the first trial.
  if (found?.state !== 'ready') await datasets.ready(data.dataset)
  const { trainImages } = datasets.describe(data.dataset, data.resolution)
  const shared = withTrainedShare(data, trainImages)
  return { ...definition, data: { ...shared, validationImages: validationImagesOf(shared, trainImages) } }
}

/** @throws AppError for a data set that nobody knows, or a resolution it cannot have */
export async function checkData(
  given: RunDefinition,
  { datasets }: Pick<EvaluatorTools, 'datasets'>,
): Promise<Findings> {
  const { dataset, resolution } = given.data
  const { trainImages } = datasets.describe(dataset, resolution)
  const definition = { ...given, data: withTrainedShare(given.data, trainImages) }
  const problems: string[] = []
  const notes: string[] = []
  const facts = datasets.describe(dataset, resolution)
  const tooMany = tooManyImages(definition, facts.trainImages)
  if (tooMany !== null) problems.push(`${tooMany.message} ${tooMany.fix}`)
  else notes.push(...splitNotes(definition, facts.trainImages, facts.classes))
  const { maxEpochs, recipe } = definition
  const halving = halvingOf(definition)
  const least = halving === null ? recipe.epochs : costOfRung(halving, 0)
  if (maxEpochs !== null && maxEpochs < least)
    problems.push(
      `A budget of ${maxEpochs} epochs (maxEpochs) has no room for one training of ${figure(least)} (${halving === null ? 'recipe.epochs' : 'fidelity.firstRung'}). Choose more, or shorter trainings.`,
    )
  const { firstRung } = definition.fidelity
  if (firstRung !== null && firstRung >= recipe.epochs && definition.evaluator.kind === 'training')
    problems.push(
      `The first rung (fidelity.firstRung) is ${firstRung} epochs, no less than the whole training of ${recipe.epochs} (recipe.epochs). Choose fewer, or longer trainings.`,
    )
  if (definition.fidelity.inheritWeights && definition.space.kind !== 'single')
    notes.push('Weights are inherited by children alone: strategies that change architectures have some, others none.')
  if (halving !== null)
    notes.push(
      `Candidates are trained in rungs of ${rungsText(halving)}; one of ${halving.eta} goes on, so that one takes ${(100 * expectedShare(halving)).toFixed(0)} % of a whole training on average.`,
    )
  const rungs = halving === null ? null : rungFindings(definition, halving, facts)
  problems.push(...(rungs?.problems ?? []))
  notes.push(...(rungs?.notes ?? []))
  const found = (await datasets.list()).find(({ name }) => name === dataset)
  if (found?.state !== 'ready')
    notes.push(`The data set ${dataset} is ${found?.state ?? 'unknown'}: it is fetched when the search is started.`)
  if (resolution !== null) notes.push(resolutionNote(datasets.describe(dataset).shape, facts.shape, found))
  if (definition.recipe.cutout >= Math.min(facts.shape[0], facts.shape[1]))
    notes.push(`Cutout of ${definition.recipe.cutout} pixels can blank a whole image of ${sizeText(facts.shape)}.`)
  return { problems, notes }
}
