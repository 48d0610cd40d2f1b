"""A layer graph as a Keras model: the peer's side of every bench that trains the same network as we do."""
import keras
from keras import layers


def window(options, x, defaults):
    """Builds a layer with the graph's padding: SAME, or half the kernel on each side."""
    kernel = options.get("kernel", defaults[0])
    stride = options.get("stride", defaults[1])
    padding = options.get("padding", "half")
    if padding == "half" and stride == [1, 1] and all(k % 2 == 1 for k in kernel):
        padding = "same"
    if padding == "half":
        borders = [(k - 1) // 2 for k in kernel]
        if any(borders):
            x = layers.ZeroPadding2D(borders)(x)
        padding = "valid"
    return x, kernel, stride, padding


def build(node, inputs, decay):
    """The layer of one node where it is one, and its output."""
    kind, options, x = node["kind"], node["parameters"], inputs[0]
    regularizer = keras.regularizers.L2(decay / 2) if decay > 0 else None
    if kind == "conv2d":
        x, kernel, stride, padding = window(options, x, ([3, 3], [1, 1]))
        layer = layers.Conv2D(
            options["channels"],
            kernel,
            stride,
            padding,
            dilation_rate=options.get("dilation", 1),
            groups=options.get("groups", 1),
            use_bias=options.get("bias", False),
            kernel_initializer="he_normal",
            kernel_regularizer=regularizer,
        )
        return layer, layer(x)
    if kind == "depthwise-conv2d":
        x, kernel, stride, padding = window(options, x, ([3, 3], [1, 1]))
        layer = layers.DepthwiseConv2D(
            kernel, stride, padding, use_bias=options.get("bias", False), depthwise_regularizer=regularizer
        )
        return layer, layer(x)
    if kind in ("max-pool", "average-pool"):
        pool = layers.MaxPooling2D if kind == "max-pool" else layers.AveragePooling2D
        x, kernel, stride, padding = window(options, x, ([3, 3], [2, 2]))
        layer = pool(kernel, stride, padding)
        return layer, layer(x)
    simple = {
        "batch-norm": lambda: layers.BatchNormalization(momentum=0.9, epsilon=1e-5),
        "dense": lambda: layers.Dense(
            options["features"], use_bias=options.get("bias", True), kernel_regularizer=regularizer
        ),
        "relu": layers.ReLU,
        "identity": layers.Identity,
        "flatten": layers.Flatten,
        "global-average-pool": lambda: layers.GlobalAveragePooling2D(keepdims=True),
        "add": layers.Add,
        "concatenate": layers.Concatenate,
    }
    layer = simple[kind]()
    return layer, layer(inputs if kind in ("add", "concatenate") else x)


def build_model(graph, decay=0.0):
    """The model, and its layers by node id.

    decay: coupled weight decay of the kernels: adds decay * weight to their gradients through `model.losses`.
    """
    values, built = {"input": keras.Input(graph["input"])}, {}
    for node in graph["nodes"]:
        built[node["id"]], values[node["id"]] = build(node, [values[i] for i in node["inputs"]], decay)
    return keras.Model(values["input"], values[graph["output"]]), built
