// Why a pickle was not read: continues "data_batch_1 cannot be read: ...".
export class PickleError extends Error {
  override readonly name = 'PickleError'
}
