// What files with networks of other programs are called.
export const NETWORK_EXTENSIONS = ['onnx', 'keras', 'h5', 'hdf5', 'json', 'nnp'] as const
