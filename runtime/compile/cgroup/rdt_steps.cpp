
#include "runtime/compile/cgroup/rdt_steps.h"

namespace berth::plan {

namespace {

constexpr char kIntelRdt[] = "/linux/intelRdt";

struct Schema {
  std::string line;
  std::string pointer;
};

/// The lines in the order in which berth has to write them. RDT-3
std::vector<Schema> schemas_of(const spec::IntelRdt& rdt) {
  const std::string pointer = kIntelRdt;
  std::vector<Schema> schemas;
  if (rdt.l3_cache_schema) schemas.push_back({*rdt.l3_cache_schema, pointer + "/l3CacheSchema"});
  if (rdt.mem_bw_schema) schemas.push_back({*rdt.mem_bw_schema, pointer + "/memBwSchema"});
  for (std::size_t i = 0; i < rdt.schemata.size(); ++i) {
    schemas.push_back({rdt.schemata[i], pointer + "/schemata/" + std::to_string(i)});
  }
  return schemas;
}

/// Whether resctrl has a directory of this name for itself.
bool is_reserved(const std::string& name) {
  return name == "info" || name == "mon_groups" || name == "mon_data";
}

RdtPlan read_rdt(const spec::IntelRdt& rdt, Builder& builder) {
  const std::string& top = builder.host.cgroups.resctrl;
  const std::string& id = builder.request.id;
  const std::string name = rdt.clos_id.value_or("").empty() ? id : *rdt.clos_id;
  if (top.empty()) {
    builder.unsupported(kIntelRdt,
                        "needs the file system resctrl, which is not mounted; a kernel that has "
                        "it on a processor with RDT mounts it by 'mount -t resctrl resctrl "
                        "/sys/fs/resctrl'");
  }
  if (is_reserved(name)) {
    builder.problems.add(kIntelRdt + std::string("/closID"),
                         "'" + name + "' is a name that resctrl has for itself");
  }
  RdtPlan plan;
  plan.is_own = rdt.clos_id.value_or("").empty();
  plan.group = name == "/" ? top : top + "/" + name;
  if (rdt.enable_monitoring) plan.monitoring = plan.group + "/mon_groups/" + id;
  return plan;
}

void add_make(const std::string& path, RdtUse use, const char* property, Builder& builder) {
  builder.add(MakeRdtGroup{.path = builder.text(path), .use = use},
              kIntelRdt + std::string(property));
}

}  // namespace

void compile_rdt_groups(const spec::Config& config, Builder& builder) {
  if (!config.linux.intel_rdt) return;
  const spec::IntelRdt& rdt = *config.linux.intel_rdt;
  const std::vector<Schema> schemas = schemas_of(rdt);
  const RdtPlan& plan = builder.plan.rdt = read_rdt(rdt, builder);
  // A named class without schemata has to exist already. RDT-5
  const bool has_to_exist = !plan.is_own && schemas.empty();
  add_make(plan.group, has_to_exist ? RdtUse::Find : RdtUse::Share, plan.is_own ? "" : "/closID",
           builder);
  for (const Schema& schema : schemas) {
    builder.add(SetRdtSchema{.path = builder.text(plan.group), .line = builder.text(schema.line)},
                schema.pointer);
  }
  if (!plan.monitoring.empty()) {
    add_make(plan.monitoring, RdtUse::Create, "/enableMonitoring", builder);
  }
}

void compile_rdt_place(const spec::Config& config, Builder& builder) {
  if (config.linux.intel_rdt) builder.plan.rdt = read_rdt(*config.linux.intel_rdt, builder);
}

void compile_rdt_entry(Builder& builder) {
  const RdtPlan plan = builder.plan.rdt;
  // The class comes first, because a monitoring group accepts only tasks of its class.
  for (const std::string& group : {plan.group, plan.monitoring}) {
    if (!group.empty()) builder.add(EnterRdtGroup{.path = builder.text(group)}, kIntelRdt);
  }
}

}  // namespace berth::plan
