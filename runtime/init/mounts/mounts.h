// Steps that make, change and place mounts.
#pragma once

#include "runtime/init/base/state.h"

namespace berth::init {

void run(Init& init, const plan::NewFilesystem& step);
void run(Init& init, const plan::PickFilesystem& step);
void run(Init& init, const plan::FilesystemOption& step);
void run(Init& init, const plan::CreateFilesystem& step);
void run(Init& init, const plan::Reconfigure& step);
void run(Init& init, const plan::CloneTree& step);
void run(Init& init, const plan::TakeTree& step);
void run(Init& init, const plan::FindMount& step);
void run(Init& init, const plan::SetAttributes& step);
void run(Init& init, const plan::SetPropagation& step);
void run(Init& init, const plan::MapMountIds& step);
void run(Init& init, const plan::LabelMount& step);
void run(Init& init, const plan::TakeMode& step);
void run(Init& init, const plan::Place& step);

}  // namespace berth::init
