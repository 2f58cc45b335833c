"""Networks whose constructor the command line cannot call: what a user would put into a file of their own.

Nothing is imported before a network is asked for: every repository has its own ``models``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from torch import nn

__all__ = ["bisenet_v2", "hifi_gan"]


class _Settings(dict[str, Any]):
    """A dictionary whose entries are attributes as well."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def hifi_gan(version: int) -> nn.Module:
    from models import Generator

    return Generator(_Settings(json.loads(Path(f"config_v{version}.json").read_text())))


def bisenet_v2() -> nn.Module:
    import lib.models.bisenetv2 as bisenet

    bisenet.SegmentBranch.load_pretrain = lambda self: None
    bisenet.BiSeNetV2.load_pretrain = lambda self: None
    return bisenet.BiSeNetV2(19, aux_mode="eval")


def conv_tasnet(norm: str) -> nn.Module:
    """It takes sounds without a channel."""
    from Conv_TasNet import ConvTasNet

    class Sound(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = ConvTasNet(N=64, B=32, H=64, norm=norm)

        def forward(self, sound):
            return [track.unsqueeze(1) for track in self.net(sound[:, 0])]

    return Sound()


def melgan() -> nn.Module:
    from parallel_wavegan.models.melgan import MelGANGenerator

    return MelGANGenerator()


def pwg_discriminator() -> nn.Module:
    from parallel_wavegan.models.parallel_wavegan import ParallelWaveGANDiscriminator

    return ParallelWaveGANDiscriminator()


def pwg_hifigan() -> nn.Module:
    from parallel_wavegan.models.hifigan import HiFiGANGenerator

    return HiFiGANGenerator(channels=128)


def demucs(**options: Any) -> nn.Module:
    from demucs.demucs import Demucs

    return Demucs(["drums", "voice"], channels=16, **options)


def dac_encoder() -> nn.Module:
    from dac.model.dac import Encoder

    return Encoder(d_model=16)


def dac_decoder() -> nn.Module:
    from dac.model.dac import Decoder

    return Decoder(64, 256, [8, 8, 4, 2])


def bigvgan() -> nn.Module:
    import bigvgan as repository

    settings = json.loads(Path("configs/bigvgan_22khz_80band.json").read_text())
    return repository.BigVGAN(_Settings(settings | {"upsample_initial_channel": 64}))


def eeg_tcn() -> nn.Module:
    from braindecode.models.tcn import BDTCN

    return BDTCN(n_chans=4, n_outputs=2, n_times=1000, n_blocks=4, n_filters=8, kernel_size=5)


def repvgg_features() -> nn.Module:
    from repvgg import create_RepVGG_A0

    net = create_RepVGG_A0()
    net.gap, net.linear = nn.Identity(), nn.Identity()
    return nn.Sequential(net.stage0, net.stage1, net.stage2, net.stage3, net.stage4)


def replknet() -> nn.Module:
    from replknet import RepLKNet

    return RepLKNet(
        large_kernel_sizes=[31, 29, 27, 13], layers=[1, 1, 2, 1], channels=[16, 32, 64, 128], drop_path_rate=0.3,
        small_kernel=5, num_classes=None, out_indices=(0, 1, 2, 3), use_sync_bn=False,
    )  # fmt: skip


def convnext() -> nn.Module:
    from models.convnext import ConvNeXt

    class Features(ConvNeXt):
        def forward(self, image):
            for down, stage in zip(self.downsample_layers, self.stages, strict=True):
                image = stage(down(image))
            return image

    return Features(depths=[3, 3, 9, 3], dims=[32, 64, 128, 256])


def ghostnet() -> nn.Module:
    from ghostnet_pytorch.ghostnet import ghostnet as made

    net = made()
    return nn.Sequential(net.conv_stem, net.bn1, net.act1, net.blocks)


def mit_b0() -> nn.Module:
    import importlib.util

    spec = importlib.util.spec_from_file_location("mix_transformer", "mmseg/models/backbones/mix_transformer.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.mit_b0()


def videowalk() -> nn.Module:
    import resnet

    net = resnet.resnet18()
    net.modify(remove_layers=["fc", "avgpool"])
    return nn.Sequential(net.conv1, net.bn1, net.relu, net.maxpool, net.layer1, net.layer2, net.layer3, net.layer4)


def hrnet_w18() -> nn.Module:
    from models.seg_hrnet import HighResolutionNet

    def stage(blocks: str, modules: int, *channels: int) -> _Settings:
        count = len(channels)
        depth = 1 if blocks == "BOTTLENECK" else 2
        return _Settings(
            NUM_MODULES=modules, NUM_BRANCHES=count, BLOCK=blocks, NUM_BLOCKS=[depth] * count,
            NUM_CHANNELS=list(channels), FUSE_METHOD="SUM",
        )  # fmt: skip

    extra = _Settings(
        STAGE1=stage("BOTTLENECK", 1, 32), STAGE2=stage("BASIC", 1, 16, 32), STAGE3=stage("BASIC", 1, 16, 32, 64),
        STAGE4=stage("BASIC", 1, 16, 32, 64, 128), FINAL_CONV_KERNEL=1,
    )  # fmt: skip
    model = _Settings(EXTRA=extra, ALIGN_CORNERS=True)
    return HighResolutionNet(_Settings(MODEL=model, DATASET=_Settings(NUM_CLASSES=19)))


def espnet_v2() -> nn.Module:
    from model.segmentation.espnetv2 import ESPNetv2Segmentation

    return ESPNetv2Segmentation(_Settings(s=1.0, channels=3, num_classes=1000, dataset="city", weights=""), 20, "city")


def ccnet_deeplab() -> nn.Module:
    """Its norm is part of a library for the GPU."""
    import sys
    import types
    from functools import partial

    norms = types.ModuleType("inplace_abn")
    norms.InPlaceABN = norms.InPlaceABNSync = lambda channels, activation="identity": nn.BatchNorm2d(channels)
    sys.modules["inplace_abn"] = norms
    from networks import deeplabv3

    return deeplabv3.ResNet(deeplabv3.Bottleneck, [3, 4, 6, 3], 19, None)


def jfzhang_deeplab() -> nn.Module:
    from modeling.backbone import drn

    drn.DRN._load_pretrained_model = lambda self: None
    import modeling.deeplab as repository

    drn.model_zoo.load_url = lambda *words, **more: {}
    drn.DRN.load_state_dict = lambda self, *words, **more: None
    return repository.DeepLab(backbone="drn", num_classes=21, sync_bn=False)


def monodepth() -> nn.Module:
    import networks

    class Depth(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = networks.ResnetEncoder(18, False)
            self.depth = networks.DepthDecoder(self.encoder.num_ch_enc, scales=range(4))

        def forward(self, image):
            return self.depth(self.encoder(image))[("disp", 0)]

    return Depth()


def craft() -> nn.Module:
    """It asks torchvision for addresses that newer versions do not list."""
    import torchvision.models.vgg as vgg

    vgg.model_urls = {"vgg16_bn": "https://"}
    from craft import CRAFT

    return CRAFT()


def dbnet() -> nn.Module:
    from models.model import Model

    return Model({
        "backbone": {"type": "resnet18", "pretrained": False, "in_channels": 3},
        "neck": {"type": "FPN", "inner_channels": 64},
        "head": {"type": "DBHead", "out_channels": 2, "k": 50},
    })  # fmt: skip


def nafnet() -> nn.Module:
    from basicsr.models.archs.NAFNet_arch import NAFNet

    return NAFNet(width=16, middle_blk_num=1, enc_blk_nums=[1, 1, 1, 2], dec_blk_nums=[1, 1, 1, 1])


def _edsr_settings(**more: Any) -> _Settings:
    return _Settings(
        {"n_resblocks": 16, "n_feats": 32, "scale": [2], "rgb_range": 255, "n_colors": 3, "res_scale": 1} | more
    )


def edsr() -> nn.Module:
    from model.edsr import EDSR

    return EDSR(_edsr_settings())


def rdn() -> nn.Module:
    from model.rdn import RDN

    return RDN(_edsr_settings(G0=32, RDNkSize=3, RDNconfig="B"))


def ddbpn() -> nn.Module:
    from model.ddbpn import DDBPN

    return DDBPN(_edsr_settings())


def nnunet_2d() -> nn.Module:
    from dynamic_network_architectures.architectures.unet import PlainConvUNet

    return PlainConvUNet(
        1, 5, [16, 32, 64, 128, 128], nn.Conv2d, 3, [1, 2, 2, 2, 2], 2, 3, 2, conv_bias=True,
        norm_op=nn.BatchNorm2d, nonlin=nn.LeakyReLU,
    )  # fmt: skip


def nnunet_3d() -> nn.Module:
    from dynamic_network_architectures.architectures.unet import PlainConvUNet

    return PlainConvUNet(
        1, 3, [8, 16, 32], nn.Conv3d, [[1, 3, 3], [3, 3, 3], [3, 3, 3]], [1, [1, 2, 2], [2, 2, 2]], 1, 3, 1,
        conv_bias=True, norm_op=nn.BatchNorm3d, nonlin=nn.LeakyReLU, deep_supervision=True,
    )  # fmt: skip


def highresnet() -> nn.Module:
    from monai.networks.nets import HighResNet

    return HighResNet(spatial_dims=2, in_channels=1, out_channels=4)


def segresnet() -> nn.Module:
    from monai.networks.nets import SegResNet

    return SegResNet(spatial_dims=2, in_channels=1, out_channels=2, norm="batch")


def basic_unet() -> nn.Module:
    from monai.networks.nets import BasicUNet

    return BasicUNet(spatial_dims=2, in_channels=1, out_channels=2, norm="batch")


def vnet() -> nn.Module:
    from lib.medzoo.Vnet import VNetLight

    return VNetLight(in_channels=1, classes=4)


def highresnet3d() -> nn.Module:
    from lib.medzoo.HighResNet3D import HighResNet3D

    return HighResNet3D(in_channels=1, classes=4)


def voxelmorph_unet() -> nn.Module:
    import os

    os.environ["VXM_BACKEND"] = os.environ["NEURITE_BACKEND"] = "pytorch"
    from voxelmorph.torch.networks import Unet

    return Unet(inshape=(64, 96), infeats=2)


def gated_pixelcnn() -> nn.Module:
    """An image of one class."""
    import torch
    from pixelcnn.model import PixelCNN

    settings = _Settings(
        hidden_fmaps=6, color_levels=2, causal_ksize=7, hidden_ksize=7, hidden_layers=3, out_hidden_fmaps=6
    )

    class OfOneClass(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = PixelCNN(settings)
            self.register_buffer("label", torch.zeros(1, dtype=torch.long))

        def forward(self, image):
            return self.net(image, self.label).flatten(1, 2)

    return OfOneClass()


def pixelcnn_causal_block() -> nn.Module:
    from pixelcnn.model import CausalBlock

    return CausalBlock(3, 6, 7, 3)
