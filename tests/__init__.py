import torch

# On tables this small, more threads only wait for each other, and on a busy machine
# for long. The figures are the same with any number of them.
torch.set_num_threads(1)
