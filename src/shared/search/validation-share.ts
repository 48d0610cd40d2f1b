// How many images train and validate where a definition leaves that open: shares that fit the data.

/** CIFAR-10's usual 5,000 of 50,000: an accuracy measured on them has a standard error of at most 0.7 points. */
const MOST = 5000
const SHARE = 1 / 10
/** Of a small data set a tenth tells next to nothing apart: up to so many images, a fifth of it. Both chosen by us. */
const FEW = 100
const SHARE_OF_FEW = 1 / 5

/**
 * At least 1, and no more than the images asked for to train leave, where they leave any.
 * @param available images of the train split
 */
export function validationImagesOf(
  { trainImages, validationImages }: { readonly trainImages: number | null; readonly validationImages: number | null },
  available: number,
): number {
  if (validationImages !== null) return validationImages
  const share = Math.max(available * SHARE, Math.min(available * SHARE_OF_FEW, FEW))
  const left = trainImages === null ? available - 1 : available - trainImages
  return Math.max(1, Math.min(Math.floor(share), MOST, left))
}

/** Fewer are no training: the least that a number may be. */
const LEAST_TRAINED = 10

/**
 * A share to train on as a number; where a number is given, or neither, nothing changes.
 * @param available images of the train split
 */
export function withTrainedShare<
  Data extends { readonly trainImages: number | null; readonly trainShare: number | null },
>(data: Data, available: number): Data {
  const { trainImages, trainShare } = data
  if (trainImages !== null || trainShare === null) return data
  return { ...data, trainImages: Math.max(LEAST_TRAINED, Math.round(available * trainShare)) }
}

/** Images of a share of those that train: no less than a training needs, where there are as many. */
export const trainedAt = (images: number, share: number): number =>
  Math.min(images, Math.max(LEAST_TRAINED, Math.round(images * share)))
