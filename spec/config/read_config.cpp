#include "spec/config/read_config.h"

#include "spec/json/json.h"

namespace berth::spec {

Config read_config(const std::string& bytes, Problems& problems) {
  return from_json<Config>(bytes, problems, Null::absent);
}

}  // namespace berth::spec
