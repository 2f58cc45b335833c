# A ResNet-50 that keeps its maps at an eighth of the image, and a small head: a config in the style of mmsegmentation.
# rfscope reads it as text. Nothing in it is run, and neither torch nor mmsegmentation need be there.
norm = dict(type="SyncBN", requires_grad=True)
model = dict(
    type="EncoderDecoder",
    backbone=dict(
        type="ResNetV1c",
        depth=50,
        strides=(1, 2, 1, 1),
        dilations=(1, 1, 2, 4),
        contract_dilation=True,
        norm_cfg=norm,
    ),
    decode_head=dict(
        type="FCNHead",
        in_channels=2048,
        in_index=3,
        channels=512,
        num_convs=2,
        num_classes=19,
        norm_cfg=norm,
    ),
)
