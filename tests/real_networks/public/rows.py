"""The networks of public repositories: where each is, what is typed, and how its gradient is compared."""

from __future__ import annotations

from typing import NamedTuple

from tests.real_networks.public.commits import COMMITS

__all__ = ["ROWS", "Row"]


class Row(NamedTuple):
    """One network.

    Attributes:
        name: What it is called here.
        repository: ``owner/name``.
        target: What is typed after ``rfscope analyze``; ``factories:`` stands for the file beside this one.
        args: The JSON given with ``--args``.
        more: Further words typed.
        folder: The folder of the repository in which it is typed.
        path: Further folders of the repository from which its own files import.
        stubs: Libraries that the repository imports and that stand-ins replace.
        channels: Of the first input.
        others: Shapes of the inputs after the first; a 0 is the first one's size along that axis.
        long: Whether the gradient is compared on a long image, phase by phase.
        thin: That image's size along the other axes, a multiple of the network's stride.
        finite: The size of a small image on which all cells are compared; none without it.
        output: Which of the outputs is compared.
    """

    name: str
    repository: str
    target: str
    args: str = ""
    more: tuple[str, ...] = ()
    folder: str = ""
    path: tuple[str, ...] = ()
    stubs: tuple[str, ...] = ()
    channels: int = 3
    others: tuple[tuple[int, ...], ...] = ()
    long: bool = True
    thin: int = 64
    finite: tuple[int, ...] = ()
    output: int = 0

    @property
    def words(self) -> list[str]:
        """What is typed after ``rfscope analyze``."""
        return [self.target, *(["--args", self.args] if self.args else []), *self.more]

    @property
    def commit(self) -> str:
        """The commit that is taken."""
        return COMMITS[self.repository]


_VOCODER = ("scipy", "librosa", "soundfile", "pyworld", "h5py", "gdown", "filelock", "tensorflow", "kaldiio")
_DEMUCS = ("torchaudio", "julius", "openunmix", "dora", "diffq", "omegaconf", "lameenc", "musdb")
_DAC = ("audiotools", "argbind", "flatten_dict")
_YOLOX = ("cv2", "loguru", "pycocotools", "tabulate", "thop", "psutil", "tensorboard", "ninja")
_MEDICAL = ("torchsummary", "torchsummaryX", "nibabel", "torchio", "tensorboardX")

ROWS = (
    # semantic segmentation
    Row("DeepLabV3+ MobileNetV2", "VainF/DeepLabV3Plus-Pytorch", "network.modeling:deeplabv3plus_mobilenet", '{"pretrained_backbone":false}', finite=(96, 128)),
    Row("DeepLabV3 ResNet-50", "VainF/DeepLabV3Plus-Pytorch", "network.modeling:deeplabv3_resnet50", '{"pretrained_backbone":false}', thin=32),
    Row("CSRNet", "leeyeehoo/CSRNet-pytorch", "model:CSRNet", '{"load_weights":true}', stubs=("h5py",), thin=32, finite=(96, 128)),
    Row("ERFNet", "Eromera/erfnet_pytorch", "erfnet:Net", '{"num_classes":20}', folder="train", finite=(96, 128)),
    Row("ENet", "davidtvs/PyTorch-ENet", "models.enet:ENet", '{"num_classes":12}', finite=(64, 96)),
    Row("ESPNet", "sacmehta/ESPNet", "Model:ESPNet", '{"classes":20,"p":2,"q":3}', folder="train", finite=(96, 128)),
    Row("ESPNet encoder", "sacmehta/ESPNet", "Model:ESPNet_Encoder", '{"classes":20,"p":2,"q":3}', folder="train", finite=(128, 160)),
    Row("U-Net", "milesial/Pytorch-UNet", "unet:UNet", '{"n_channels":3,"n_classes":2}', finite=(96, 128)),
    Row("U-Net bilinear", "milesial/Pytorch-UNet", "unet:UNet", '{"n_channels":3,"n_classes":2,"bilinear":true}', finite=(64, 96)),
    Row("U-2-NetP", "xuebinqin/U-2-Net", "model.u2net:U2NETP", thin=32, finite=(128, 96)),
    Row("U-2-Net", "xuebinqin/U-2-Net", "model.u2net:U2NET", long=False, finite=(128, 96)),
    Row("HiFi-GAN V1", "jik876/hifi-gan", "factories:hifi_gan", '{"version":1}', stubs=("librosa",), channels=80, finite=(40,)),
    Row("HiFi-GAN V2", "jik876/hifi-gan", "factories:hifi_gan", '{"version":2}', stubs=("librosa",), channels=80, finite=(40,)),
    Row("HiFi-GAN V3", "jik876/hifi-gan", "factories:hifi_gan", '{"version":3}', stubs=("librosa",), channels=80, finite=(40,)),
    Row("Fast-SCNN", "Tramac/Fast-SCNN-pytorch", "models.fast_scnn:FastSCNN", '{"num_classes":19}', finite=(192, 256)),
    Row("ResNet-DUC-HDC", "zijundeng/pytorch-semantic-segmentation", "factories:zijundeng", '{"name":"duc_hdc:ResNetDUCHDC","num_classes":19}', stubs=("skimage",), thin=16),
    Row("DRN-D-22", "fyu/drn", "drn:drn_d_22", '{"out_map":true}', thin=32, finite=(96, 128)),
    Row("DRN-C-26", "fyu/drn", "drn:drn_c_26", '{"out_map":true}', thin=32),
    Row("PSPNet-50", "hszhao/semseg", "model.pspnet:PSPNet", '{"pretrained":false,"classes":19}', long=False),
    Row("PIDNet-S", "XuJiacong/PIDNet", "models.pidnet:get_pred_model", '{"name":"pidnet_s","num_classes":19}', finite=(512, 512)),
    Row("DDRNet-23-slim", "ydhongHIT/DDRNet", "DDRNet_23_slim:DualResNet_imagenet", folder="segmentation", finite=(512, 512)),
    Row("DDRNet-23", "ydhongHIT/DDRNet", "DDRNet_23:DualResNet_imagenet", folder="segmentation"),
    Row("BiSeNetV1", "CoinCheung/BiSeNet", "factories:bisenet_v1"),
    Row("BiSeNetV2", "CoinCheung/BiSeNet", "factories:bisenet_v2", finite=(128, 160)),
    # restoration
    Row("ESRGAN", "xinntao/ESRGAN", "RRDBNet_arch:RRDBNet", '{"in_nc":3,"out_nc":3,"nf":64,"nb":23}', thin=16),
    Row("DnCNN", "cszn/KAIR", "models.network_dncnn:DnCNN", channels=1, thin=48, finite=(40, 48)),
    Row("IRCNN", "cszn/KAIR", "models.network_dncnn:IRCNN", channels=1, thin=48, finite=(40, 48)),
    Row("FFDNet", "cszn/KAIR", "models.network_ffdnet:FFDNet", channels=1, others=((1, 1, 1, 1),), finite=(48, 48)),
    Row("DRUNet", "cszn/KAIR", "models.network_unet:UNetRes", '{"in_nc":4,"out_nc":3,"bias":false}', channels=4),
    Row("IMDN", "cszn/KAIR", "models.network_imdn:IMDN", thin=48),
    # sound and sequences
    Row("MS-TCN", "yabufarha/ms-tcn", "factories:ms_tcn", '{"num_stages":4,"num_layers":10,"num_f_maps":64,"dim":2048,"num_classes":48}', stubs=("batch_gen",), channels=2048, others=((1, 48, 0),)),
    Row("TCN", "locuslab/TCN", "TCN.tcn:TemporalConvNet", '{"num_inputs":1,"num_channels":[25,25,25,25,25,25,25,25],"kernel_size":7}', channels=1, finite=(100,)),
    Row("WaveNet", "r9y9/wavenet_vocoder", "wavenet_vocoder.wavenet:WaveNet", '{"layers":20,"stacks":2,"residual_channels":32,"gate_channels":32,"skip_out_channels":32}', stubs=("librosa",), channels=256, finite=(200,)),
    Row("Conv-TasNet bn", "JusperLee/Conv-TasNet", "factories:conv_tasnet", '{"norm":"bn"}', folder="Conv_TasNet_Pytorch", channels=1),
    Row("Conv-TasNet gLN", "JusperLee/Conv-TasNet", "factories:conv_tasnet", '{"norm":"gln"}', folder="Conv_TasNet_Pytorch", channels=1, long=False),
    Row("MelGAN generator", "kan-bayashi/ParallelWaveGAN", "factories:melgan", stubs=_VOCODER, channels=80, finite=(24,)),
    Row("ParallelWaveGAN discriminator", "kan-bayashi/ParallelWaveGAN", "factories:pwg_discriminator", stubs=_VOCODER, channels=1, finite=(200,)),
    Row("HiFi-GAN (ParallelWaveGAN)", "kan-bayashi/ParallelWaveGAN", "factories:pwg_hifigan", stubs=_VOCODER, channels=80, finite=(24,)),
    Row("EnCodec encoder", "facebookresearch/encodec", "encodec.modules.seanet:SEANetEncoder", '{"lstm":0}', stubs=("torchaudio",), channels=1, finite=(6400,)),
    Row("EnCodec encoder with LSTM", "facebookresearch/encodec", "encodec.modules.seanet:SEANetEncoder", stubs=("torchaudio",), channels=1, long=False),
    Row("EnCodec decoder", "facebookresearch/encodec", "encodec.modules.seanet:SEANetDecoder", '{"lstm":0}', stubs=("torchaudio",), channels=128, finite=(24,)),
    Row("Demucs, convolutions", "facebookresearch/demucs", "factories:demucs", '{"dconv_mode":0,"normalize":false,"resample":false}', stubs=_DEMUCS, channels=2),
    Row("Demucs", "facebookresearch/demucs", "factories:demucs", '{"normalize":false,"resample":false}', stubs=_DEMUCS, channels=2, long=False),
    Row("DAC encoder", "descriptinc/descript-audio-codec", "factories:dac_encoder", stubs=_DAC, channels=1),
    Row("DAC decoder", "descriptinc/descript-audio-codec", "factories:dac_decoder", stubs=_DAC, channels=64),
    Row("BigVGAN", "NVIDIA/BigVGAN", "factories:bigvgan", stubs=("librosa", "tqdm", "pesq", "auraloss", "soundfile"), channels=80),
    # backbones
    Row("VAN-B0", "Visual-Attention-Network/VAN-Classification", "models.van:van_b0", long=False),
    Row("DilateFormer", "JIAOJIAYUASD/dilateformer", "models.dilateformer:Dilateformer", '{"depths":[1,1,1,1],"embed_dim":72}', long=False),
    Row("MobileOne-S0 stage 4", "apple/ml-mobileone", "mobileone:mobileone", more=("--node", "stage4"), long=False),
    Row("RepVGG-A0", "DingXiaoH/RepVGG", "repvgg:create_RepVGG_A0", long=False),
    Row("RepVGG-A0 stage 4", "DingXiaoH/RepVGG", "factories:repvgg_features", thin=32),
    Row("RepLKNet-31B features", "DingXiaoH/RepLKNet-pytorch", "factories:replknet", thin=32),
    Row("ConvNeXt-T features", "facebookresearch/ConvNeXt", "factories:convnext", thin=32),
    Row("GhostNet features", "huawei-noah/Efficient-AI-Backbones", "factories:ghostnet", thin=32),
    Row("SegFormer MiT-B0", "NVlabs/SegFormer", "factories:mit_b0", stubs=("mmseg", "mmcv"), long=False),
    Row("YOLOX PAFPN", "Megvii-BaseDetection/YOLOX", "yolox.models.yolo_pafpn:YOLOPAFPN", '{"depth":0.33,"width":0.5}', stubs=_YOLOX),
    Row("YOLOX Darknet", "Megvii-BaseDetection/YOLOX", "yolox.models.darknet:Darknet", '{"depth":53}', stubs=_YOLOX),
    Row("Video walk ResNet-18", "ajabri/videowalk", "factories:videowalk", folder="code"),
    Row("Depthwise separable convolution", "seungjunlee96/Depthwise-Separable-Convolution_Pytorch", "DepthwiseSeparableConvolution.DepthwiseSeparableConvolution:depthwise_separable_conv", '{"nin":3,"nout":8}', finite=(24, 24)),
    # more segmentation
    Row("DeepLabV3+ Xception", "bubbliiiing/deeplabv3-plus-pytorch", "nets.deeplabv3_plus:DeepLab", '{"num_classes":21,"backbone":"xception","pretrained":false}', finite=(128, 128)),
    Row("DeepLabV3 MobileNetV3", "WZMIAOMIAO/deep-learning-for-image-processing", "src:deeplabv3_mobilenetv3_large", '{"aux":false,"num_classes":21}', folder="pytorch_segmentation/deeplab_v3", thin=32),
    Row("LR-ASPP MobileNetV3", "WZMIAOMIAO/deep-learning-for-image-processing", "src:lraspp_mobilenetv3_large", '{"num_classes":21}', folder="pytorch_segmentation/lraspp", thin=32),
    Row("HRNet-W32 pose", "WZMIAOMIAO/deep-learning-for-image-processing", "model:HighResolutionNet", '{"base_channel":32,"num_joints":17}', folder="pytorch_keypoint/HRNet", thin=32, finite=(128, 96)),
    Row("HRNet-W18 segmentation", "HRNet/HRNet-Semantic-Segmentation", "factories:hrnet_w18", folder="lib", stubs=("yacs",), finite=(128, 128)),
    Row("ESPNetv2", "sacmehta/EdgeNets", "factories:espnet_v2", finite=(256, 256)),
    Row("AttU-Net", "LeeJunHyun/Image_Segmentation", "network:AttU_Net", finite=(64, 64)),
    Row("R2U-Net", "LeeJunHyun/Image_Segmentation", "network:R2U_Net"),
    Row("DeepLabV1", "kazuto1011/deeplab-pytorch", "libs.models.deeplabv1:DeepLabV1", '{"n_classes":21,"n_blocks":[3,4,23,3]}', thin=16),
    Row("DeepLabV2", "kazuto1011/deeplab-pytorch", "libs.models.deeplabv2:DeepLabV2", '{"n_classes":21,"n_blocks":[3,4,6,3],"atrous_rates":[6,12,18,24]}', thin=16),
    Row("FRRN-B", "meetps/pytorch-semseg", "ptsemseg.models.frrn:frrn", stubs=("ptsemseg.caffe_pb2", "ptsemseg.loader", "scipy"), thin=32),
    Row("SegNet, unpooling", "meetps/pytorch-semseg", "ptsemseg.models.segnet:segnet", stubs=("ptsemseg.caffe_pb2", "ptsemseg.loader", "scipy"), thin=32),
    Row("FCN-8s", "wkentaro/pytorch-fcn", "torchfcn.models.fcn8s:FCN8s", stubs=("fcn", "gdown", "skimage"), thin=64),
    Row("U-Net, valid", "jvanvugt/pytorch-unet", "unet:UNet", '{"in_channels":1,"padding":false}', channels=1, thin=192),
    Row("U-Net, upsampling", "jvanvugt/pytorch-unet", "unet:UNet", '{"in_channels":1,"padding":true,"up_mode":"upsample"}', channels=1, finite=(64, 64)),
    Row("CCNet's DeepLabV3", "speedinghzl/CCNet", "factories:ccnet_deeplab", stubs=("utils", "engine"), thin=32),
    Row("UniMatch U-Net", "LiheYoung/UniMatch", "model.unet:UNet", '{"in_chns":1,"class_num":4}', folder="more-scenarios/medical", channels=1, finite=(64, 96)),
    Row("DeepLabV3+ DRN", "jfzhang95/pytorch-deeplab-xception", "factories:jfzhang_deeplab", thin=32, finite=(128, 96)),
    # depth, pose, text
    Row("Monodepth2", "nianticlabs/monodepth2", "factories:monodepth", thin=32, finite=(128, 96)),
    Row("Monodepth2 PoseCNN", "nianticlabs/monodepth2", "networks.pose_cnn:PoseCNN", '{"num_input_frames":2}', channels=6, long=False),
    Row("Stacked hourglass", "princeton-vl/pytorch_stacked_hourglass", "models.posenet:PoseNet", '{"nstack":2,"inp_dim":256,"oup_dim":16}', stubs=("cv2",), thin=64),
    Row("CRAFT", "clovaai/CRAFT-pytorch", "factories:craft", finite=(64, 96)),
    Row("DBNet", "WenmuZhou/DBNet.pytorch", "factories:dbnet", stubs=("torchvision.models.utils",), finite=(128, 128)),
    # more restoration
    Row("SwinIR", "JingyunLiang/SwinIR", "models.network_swinir:SwinIR", '{"upscale":2,"img_size":64,"window_size":8,"depths":[2,2],"embed_dim":60,"num_heads":[6,6],"mlp_ratio":2,"upsampler":"pixelshuffle"}', finite=(64, 64), thin=24),
    Row("SRResNet", "Lornatang/SRGAN-PyTorch", "model:srresnet_x4", thin=24),
    Row("NAFNet", "megvii-research/NAFNet", "factories:nafnet", stubs=("lmdb", "yapf", "cv2", "skimage", "tqdm", "scipy", "requests"), finite=(64, 64)),
    Row("MPRNet", "swz30/MPRNet", "MPRNet:MPRNet", '{"n_feat":16,"scale_unetfeats":8,"scale_orsnetfeats":8,"num_cab":2}', folder="Denoising", finite=(64, 64), long=False),
    Row("EDSR", "thstkdgus35/EDSR-PyTorch", "factories:edsr", '{"name":"EDSR"}', folder="src", thin=24),
    Row("RDN", "thstkdgus35/EDSR-PyTorch", "factories:edsr", '{"name":"RDN","G0":32,"RDNkSize":3,"RDNconfig":"B"}', folder="src", thin=16),
    Row("DDBPN", "thstkdgus35/EDSR-PyTorch", "factories:edsr", '{"name":"DDBPN"}', folder="src", thin=24),
    Row("VDSR", "twtygqyy/pytorch-vdsr", "vdsr:Net", channels=1, thin=48, finite=(48, 48)),
    # medical
    Row("nnU-Net plain 2-D", "MIC-DKFZ/dynamic-network-architectures", "factories:nnunet_2d", channels=1, finite=(64, 64)),
    Row("nnU-Net plain 3-D anisotropic", "MIC-DKFZ/dynamic-network-architectures", "factories:nnunet_3d", channels=1, thin=16),
    Row("HighResNet 2-D", "Project-MONAI/MONAI", "factories:monai", '{"name":"HighResNet"}', channels=1, finite=(96, 96)),
    Row("SegResNet", "Project-MONAI/MONAI", "factories:monai", '{"name":"SegResNet","norm":"batch"}', channels=1, finite=(64, 96)),
    Row("BasicUNet", "Project-MONAI/MONAI", "factories:monai", '{"name":"BasicUNet","norm":"batch"}', channels=1, finite=(64, 96)),
    Row("V-Net", "black0017/MedicalZooPytorch", "factories:vnet", stubs=_MEDICAL, channels=1, thin=16),
    Row("HighResNet3D", "black0017/MedicalZooPytorch", "factories:highresnet3d", stubs=_MEDICAL, channels=1, thin=16),
    Row("VoxelMorph U-Net 2-D", "voxelmorph/voxelmorph", "factories:voxelmorph_unet", stubs=("neurite", "nibabel"), channels=2, finite=(64, 96)),
    # autoregressive
    Row("Gated PixelCNN", "anordertoreclaim/PixelCNN", "factories:gated_pixelcnn", finite=(24, 28), thin=32),
    Row("Gated PixelCNN, causal block", "anordertoreclaim/PixelCNN", "factories:pixelcnn_causal_block", finite=(20, 20), thin=32),
)  # fmt: skip
