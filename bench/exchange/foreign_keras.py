"""Networks that Keras saves with its own tools: python foreign_keras.py FOLDER (foreign_models.py)."""
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
from foreign_models import pixels, told, write
from keras import layers

folder = Path(sys.argv[1])
keras.utils.set_random_seed(1)


def save_keras(name, model, missing=None, softmax=False):
    random = np.random.default_rng(3)
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.set_weights([w + 0.2 * np.abs(random.normal(size=w.shape)) for w in layer.get_weights()])
    model.save(folder / name)
    shape = model.input_shape[1:]
    scores = None if missing else model.predict(pixels(shape), verbose=0)
    told(name, shape, scores, missing, softmax)


def functional(build, shape=(24, 20, 3)):
    image = keras.Input(shape)
    return keras.Model(image, build(layers.Rescaling(1 / 127.5, offset=-1)(image)))


def vgg(x):
    for width in (8, 16):
        x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Dropout(0.5)(layers.Dense(32, activation="relu")(layers.Flatten()(x)))
    return layers.Dense(5, activation="softmax")(x)


def residual(x):
    x = layers.Conv2D(8, 3, padding="same")(x)
    for stride in (1, 2):
        y = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(8 * stride, 3, stride, padding="same", use_bias=False)(x)))
        y = layers.BatchNormalization(epsilon=1e-5)(layers.Conv2D(8 * stride, 3, padding="same", use_bias=False)(y))
        x = x if stride == 1 else layers.Conv2D(8 * stride, 1, stride)(x)
        x = layers.Activation("relu")(layers.Add()([x, y]))
    return layers.Dense(5)(layers.GlobalAveragePooling2D()(x))


def separable(x):
    x = layers.Conv2D(8, 3, 2, activation="relu6")(layers.ZeroPadding2D(((0, 1), (0, 1)))(x))
    for width in (12, 16):
        x = layers.SeparableConv2D(width, 3, padding="same", depth_multiplier=2, activation="swish")(x)
        x = layers.AveragePooling2D(2, padding="same")(x)
    return layers.Dense(5)(layers.GlobalMaxPooling2D()(x))


def inception(x):
    branches = [layers.Conv2D(4, size, padding="same", activation="gelu")(x) for size in (1, 3, 5)]
    branches.append(layers.Conv2D(4, 1)(layers.MaxPooling2D(3, 1, padding="same")(x)))
    x = layers.Concatenate()(branches)
    return layers.Dense(5)(layers.Flatten()(layers.AveragePooling2D(4)(x)))


def transformer(x):
    x = layers.Conv2D(8, 4, 4)(x)
    x = layers.Reshape((30, 8))(x)
    y = layers.LayerNormalization()(x)
    x = layers.Add()([x, layers.MultiHeadAttention(2, 4)(y, y)])
    return layers.Dense(5)(layers.GlobalAveragePooling1D()(x))


def odd(x):
    x = layers.PReLU(shared_axes=[1, 2])(layers.Conv2DTranspose(4, 3, 2)(x))
    x = layers.UpSampling2D()(layers.GroupNormalization(2)(x))
    return layers.Dense(5)(layers.GlobalAveragePooling2D()(x))


save_keras("keras-vgg.keras", functional(vgg), softmax=True)
save_keras("keras-residual.h5", functional(residual))
save_keras("keras-separable.keras", functional(separable))
save_keras("keras-inception.h5", functional(inception))
plain = {"weights": None, "input_shape": (32, 32, 3), "classes": 10, "classifier_activation": None}
save_keras("keras-mobilenet-v2.keras", keras.applications.MobileNetV2(alpha=0.35, **plain))
save_keras("keras-densenet121.keras", keras.applications.DenseNet121(**plain))
save_keras("keras-efficientnet-b0.h5", keras.applications.EfficientNetB0(**plain))
save_keras("keras-transformer.keras", functional(transformer), ["Reshape", "LayerNormalization", "MultiHeadAttention", "GlobalAveragePooling1D"])
save_keras("keras-odd.keras", functional(odd), ["Conv2DTranspose", "PReLU", "GroupNormalization", "UpSampling2D"])
write(folder / "keras.json")
