"""The networks of the table, each with an image and a tile, and what a prototype had found of them."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

__all__ = ["REFUSED", "STREAMED", "TILED", "Refused", "Row", "Streamed", "Tiled"]

_UNET, _MILESIAL, _ESRGAN = "jvanvugt/pytorch-unet", "milesial/Pytorch-UNet", "xinntao/ESRGAN"
_NNUNET, _TCN, _HIFI = "MIC-DKFZ/dynamic-network-architectures", "locuslab/TCN", "jik876/hifi-gan"
_ENCODEC = "facebookresearch/encodec"


class Tiled(NamedTuple):
    """A network that can be tiled.

    Attributes:
        name: What it is called.
        make: Its factory.
        channels: Of the image.
        size: Of the image.
        tile: Of a tile, at most.
        begins: Where tiles begin along the first axis, as the prototype had it; None where it had no such row.
        lattice: Likewise.
        inner: What the second tile keeps of its output, likewise; None for an end that it did not say.
        halo: What the prototype gave for it, in words.
        note: What is to be said of a difference.
        repository: Where its code comes from; none if from a library, or from here.
        options: What its factory is called with, in JSON.
        both: Whether it is also cut along all axes, on a smaller image.
    """

    name: str
    make: str
    channels: int
    size: tuple[int, ...]
    tile: tuple[int, ...]
    begins: tuple[int, ...] | None = None
    lattice: int | None = None
    inner: tuple[int, int] | None = None
    halo: str = ""
    note: str = ""
    repository: str = ""
    options: str = "{}"
    both: bool = True


class Refused(NamedTuple):
    """A network that cannot be tiled.

    Attributes:
        name: What it is called.
        make: Its factory.
        channels: Of the image.
        size: Of the image.
        tile: Of a tile.
        repository: Where its code comes from.
        options: What its factory is called with, in JSON.
        like: What to call it with for a network of the same maps that can be tiled, whose tiles are taken; None to take
            those that it has itself without what is in the way.
    """

    name: str
    make: str
    channels: int
    size: tuple[int, ...]
    tile: tuple[int, ...]
    repository: str = ""
    options: str = "{}"
    like: str | None = None


class Streamed(NamedTuple):
    """A network on a stream.

    Attributes:
        name: What it is called.
        make: Its factory.
        rate: Samples or frames a second of its input.
        expected: Look-ahead, latency, first output, history and positions kept, as the prototype had it.
        repository: Where its code comes from.
        options: What its factory is called with, in JSON.
        note: What is to be said of a difference.
    """

    name: str
    make: str
    rate: float
    expected: tuple[Any, ...] | None = None
    repository: str = ""
    options: str = "{}"
    note: str = ""


Row: TypeAlias = Tiled | Refused | Streamed

TILED = [
    Tiled("VGG-16, features (torchvision)", "vgg16", 3, (1024, 96), (512, 96), (0, 320, 512), 32, (3, 13), "90, 90 of worst-phase reach"),
    Tiled("ResNet-50 to layer4 (torchvision)", "resnet50", 3, (1536, 96), (1216, 96), (0, 320), 32, (7, 38), "213, 182 of worst-phase reach"),
    Tiled("FCN ResNet-50 (torchvision)", "fcn_resnet50", 3, (1536, 64), (1024, 64), (0, 512), 8, (228, 1024), "232, 225 of worst-phase reach; lost 228, 220", both=False),
    Tiled("U-Net, padded, transposed up (jvanvugt)", "unet", 1, (1024, 48), (400, 48), (0, 208, 416, 624), 16, (94, 306), "94, 94 lost", repository=_UNET, options='{"padding":true}'),
    Tiled("U-Net, padded, bilinear up (jvanvugt)", "unet", 1, (1024, 48), (512, 48), (0, 288, 512), 16, (109, 403), "109, 109 lost", repository=_UNET, options='{"padding":true,"up_mode":"upsample"}'),
    Tiled("U-Net, valid, crops (jvanvugt)", "unet", 1, (1020, 204), (396, 204), (0, 208, 416, 624), 16, (0, 212), "0, 0 (184 less)", repository=_UNET),
    Tiled("U-Net that pads to the skip (milesial)", "milesial", 1, (1031, 48), (407, 48), repository=_MILESIAL),
    Tiled("Unet resnet34 (smp)", "smp_unet", 3, (2048, 32), (1536, 32), (0, 480, 512), 32, (543, 1025), "543, 512 of worst-phase reach; lost 543, 511", both=False),
    Tiled("residual x4, 4 blocks of 4 (here)", "esrgan_like", 3, (256, 32), (128, 32), (0, 89, 128), 1, (77, 435), "77/4 lost"),
    Tiled("ESRGAN x4, 23 blocks (xinntao)", "esrgan", 3, (800, 8), (760, 8), repository=_ESRGAN, options='{"nf":16,"nb":23}', both=False),
    Tiled("nnU-Net, 3-D, anisotropic, BatchNorm", "nnunet_3d", 1, (16, 96, 64), (16, 60, 64), repository=_NNUNET),
    Tiled("causal TCN, k 3, rates 1 to 16 (here)", "causal_tcn", 1, (512,), (256,), (0, 194, 256), 1, (62, 256), "62, 0"),
    Tiled("the same on both sides (here)", "centred_tcn", 1, (512,), (256,), (0, 194, 256), 1, (31, 225), "31, 31"),
    Tiled("TCN, 5 levels (locuslab)", "tcn", 1, (512,), (256,), repository=_TCN),
    Tiled("EnCodec-like encoder (here)", "encodec_like_encoder", 1, (16000,), (6400,), (0, 3840, 7680, 9600), 320, (8, 20), "2398, 0 of worst-phase reach"),
    Tiled("EnCodec-like decoder (here)", "encodec_like_decoder", 2, (64,), (32,), (0, 24, 32), 1, (2398, 10240), "8, 0 of worst-phase reach; 2398 outputs lost"),
    Tiled("EnCodec encoder, zeros (facebookresearch)", "encodec_encoder", 1, (16000,), (6400,), repository=_ENCODEC, options='{"pad_mode":"constant"}'),
    Tiled("EnCodec encoder, reflects (facebookresearch)", "encodec_encoder", 1, (16000,), (6400,), repository=_ENCODEC),
    Tiled("EnCodec decoder, zeros (facebookresearch)", "encodec_decoder", 128, (64,), (32,), repository=_ENCODEC, options='{"pad_mode":"constant"}'),
    Tiled("HiFi-GAN V1 (jik876)", "hifi_gan", 80, (128,), (64,), (0, 38, 64), 1, (3258, 13126), "13, 13 of worst-phase reach; 3258 outputs lost", repository=_HIFI),
    Tiled("DAC encoder (transformers)", "dac_encoder", 1, (16384,), (10240,)),
    Tiled("DAC decoder (transformers)", "dac_decoder", 32, (64,), (40,)),
    Tiled("Qwen3-Omni code2wav, convolutions (transformers)", "code2wav", 16, (60,), (30,), (0, 10, 20, 30), 1, (8808, 13845), "19, 2 of worst-phase reach", "the prototype left the last convolution out, whose kernel of 7 reads 6 before"),
]  # fmt: skip

REFUSED = [
    Refused("EfficientNet-B0, features: SE (torchvision)", "efficientnet", 3, (1024, 64), (928, 64)),
    Refused("ResNet-18 to layer4 with GroupNorm (torchvision)", "group_norm", 3, (768, 64), (512, 64)),
    Refused("nnU-Net, InstanceNorm", "nnunet", 1, (256, 64), (128, 64), _NNUNET),
    Refused("U-Net, bilinear with aligned corners (milesial)", "milesial", 1, (512, 48), (400, 48), _MILESIAL, '{"bilinear":true}', '{}'),
]  # fmt: skip

STREAMED = [
    Streamed("causal TCN, k 3, rates 1 to 16 (here)", "causal_tcn", 16_000, (0, 1, 1, 62, 62)),
    Streamed("the same on both sides (here)", "centred_tcn", 16_000, (31, 32, 32, 31, 62)),
    Streamed("TCN, 5 levels (locuslab)", "tcn", 16_000, None, _TCN),
    Streamed("EnCodec-like encoder (here)", "encodec_like_encoder", 24_000, (0, 320, 320, 2398, 39)),
    Streamed("EnCodec-like decoder (here)", "encodec_like_decoder", 75, (0, 1, 1, 8, 24)),
    Streamed("EnCodec encoder, zeros (facebookresearch)", "encodec_encoder", 24_000, None, _ENCODEC, '{"pad_mode":"constant"}'),
    Streamed("EnCodec encoder, reflects (facebookresearch)", "encodec_encoder", 24_000, None, _ENCODEC),
    Streamed("EnCodec decoder, zeros (facebookresearch)", "encodec_decoder", 75, None, _ENCODEC, '{"pad_mode":"constant"}'),
    Streamed("HiFi-GAN V1 (jik876)", "hifi_gan", 22_050 / 256, (13, "1757/128", 13, 13, 1040), _HIFI),
    Streamed("DAC encoder (transformers)", "dac_encoder", 16_000, (3733, 4245, 4245, 3733, 354)),
    Streamed("DAC decoder (transformers)", "dac_decoder", 31.25, (10, None, 10, 10, 328)),
    Streamed("Qwen3-Omni code2wav, convolutions (transformers)", "code2wav", 50),
]  # fmt: skip
