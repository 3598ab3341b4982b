"""`python3 py-torch.py THREADS`: PyTorch as a contestant; `serve.js` says in which words."""

import json
import math
import sys
import time

import torch
from torch.nn import functional

IMAGE_SIZE = 28
CLASSES = 10


def fractions(length, seed):
    """The numbers of `../cases/numbers.js`: 32-bit arithmetic in the low bits of 64."""
    word = 0xFFFFFFFF
    bits = (torch.arange(length) + seed * 0x9E3779B1) & word
    bits = ((bits ^ (bits >> 16)) * 0x85EBCA6B) & word
    bits = ((bits ^ (bits >> 13)) * 0xC2B2AE35) & word
    return ((bits ^ (bits >> 16)) >> 8).to(torch.float64) / 2**24


def uniform(shape, seed, low, high):
    values = low + (high - low) * fractions(math.prod(shape), seed)
    return values.to(torch.float32).reshape(shape)


class Network(torch.nn.Module):
    """The network that a case describes, with its initial parameters."""

    def __init__(self, case):
        super().__init__()
        self.layers = case["layers"]
        self.weights = torch.nn.ParameterList()
        self.biases = torch.nn.ParameterList()
        self.statistics = []
        for layer in self.layers:
            if layer["type"] == "convolution":
                kernel = layer["kernel"]
                shape = (layer["outChannels"], layer["inChannels"], kernel, kernel)
            elif layer["type"] == "dense":
                shape = (layer["outFeatures"], layer["inFeatures"])
            else:
                continue
            bound = math.sqrt(6 / math.prod(shape[1:]))
            weight = uniform(shape, 1000 + len(self.weights), -bound, bound)
            self.weights.append(torch.nn.Parameter(weight))
            self.biases.append(torch.nn.Parameter(torch.full(shape[:1], 0.1)))
            self.statistics.append((torch.zeros(shape[:1]), torch.ones(shape[:1])))

    def forward(self, x):
        parameters = iter(zip(self.weights, self.biases, self.statistics))
        for layer in self.layers:
            if layer["type"] == "pool":
                x = functional.max_pool2d(x, layer["window"])
                continue
            if layer["type"] == "dropout":
                x = functional.dropout(x, layer["rate"])
                continue
            weight, bias, statistics = next(parameters)
            normalized = layer["normalized"]
            direct_bias = None if normalized else bias
            if layer["type"] == "dense":
                x = functional.linear(x.flatten(1), weight, direct_bias)
            else:
                x = convolve(x, weight, direct_bias, layer)
            if normalized:
                mean, variance = statistics
                x = functional.batch_norm(
                    x, mean, variance, bias=bias, training=True, momentum=0.001, eps=1e-5
                )
            if not layer.get("last"):
                x = functional.relu(x)
        return x


def convolve(x, weight, bias, layer):
    before, behind = layer["padding"]
    if before != behind:
        # PyTorch's own 'same' does this too, where it has it: for strides of 1.
        x = functional.pad(x, (before, behind, before, behind))
        before = 0
    return functional.conv2d(x, weight, bias, layer["stride"], before)


def training(case):
    network = Network(case)
    optimizer = torch.optim.Adam(network.parameters())
    rate = case["rate"]
    count = case["batchSize"]
    steps = 0

    def inputs(round_number):
        images = uniform((count, 1, IMAGE_SIZE, IMAGE_SIZE), 2 * round_number, 0, 1)
        labels = (CLASSES * fractions(count, 2 * round_number + 1)).to(torch.int64)
        return images, labels

    def step(images, labels):
        nonlocal steps
        decayed = rate["amplitude"] * math.exp(-steps / rate["timeConstant"])
        for group in optimizer.param_groups:
            group["lr"] = rate["minimum"] + decayed
        steps += 1
        # The host's memory is the device's; others copy there too.
        loss = functional.cross_entropy(network(images.clone()), labels.clone())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.item()

    return inputs, step, float


def product(case):
    rows, size, length = case["rows"], case["size"], case["length"]
    bound = math.sqrt(3 / size)

    def inputs(round_number):
        left = uniform((rows, size), 2 * round_number, -1, 1)
        return left, uniform((size, size), 2 * round_number + 1, -bound, bound)

    def multiply(left, right):
        result, factor = left.clone(), right.clone()
        for _ in range(length):
            result = result @ factor
        return result.clone()

    return inputs, multiply, lambda values: values.sum(dtype=torch.float64).item()


def answer(value):
    print(json.dumps(value), flush=True)


def serve():
    torch.set_num_threads(int(sys.argv[1]))
    answer({"description": f"PyTorch {torch.__version__}"})
    for line in sys.stdin:
        request = json.loads(line)
        if "prepare" in request:
            case = request["prepare"]
            inputs, work, summed = {"training": training, "product": product}[case["kind"]](case)
            answer({})
        else:
            first = request["first"]
            given = [inputs(first + i) for i in range(request["count"])]
            start = time.perf_counter()
            results = [work(*values) for values in given]
            milliseconds = 1000 * (time.perf_counter() - start)
            answer({"milliseconds": milliseconds, "results": [summed(value) for value in results]})


if __name__ == "__main__":
    serve()
