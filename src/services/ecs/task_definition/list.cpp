// ListTaskDefinitions and ListTaskDefinitionFamilies.
#include <algorithm>
#include <charconv>

#include "services/ecs/task_definition.h"
#include "services/ecs/task_definition/reference.h"
#include "services/page_token.h"
#include "services/rules/rules.h"

namespace slipway::services::ecs {
namespace {

constexpr std::int32_t kDefaultPage = 100;

struct Position {
  std::string family;
  std::int64_t revision = 0;
};

// Families with their revisions of the asked status, in the asked order, after a position.
class DefinitionPage {
 public:
  DefinitionPage(const store::Transaction& transaction, const Caller& caller,
                 const api::ecs::ListTaskDefinitionsRequest& request)
      : transaction_(transaction),
        scope_(caller.scope),
        status_(request.status.value_or("ACTIVE")),
        descending_(request.sort.value_or("ASC") == "DESC"),
        limit_(static_cast<std::size_t>(request.max_results.value_or(kDefaultPage))) {}

  void start_after(Position position) { after_ = std::move(position); }

  // False once the page is full: there is at least one more than the page takes.
  bool add(const std::string& family, const store::Family& revisions) {
    if (after_ && (descending_ ? family > after_->family : family < after_->family)) return true;
    const auto& known = status_ == "ACTIVE" ? revisions.active : revisions.known;
    return descending_ ? std::all_of(known.rbegin(), known.rend(), [&](auto r) { return add(family, r); })
                       : std::all_of(known.begin(), known.end(), [&](auto r) { return add(family, r); });
  }

  bool descending() const { return descending_; }
  bool full() const { return full_; }
  const Position& last() const { return last_; }
  std::vector<std::string>& arns() { return arns_; }

 private:
  bool add(const std::string& family, std::int64_t revision) {
    const bool passed = after_ && after_->family == family &&
                        (descending_ ? revision >= after_->revision : revision <= after_->revision);
    const auto arn = model::task_definition_arn(scope_, family, revision);
    if (passed || !has_status(arn)) return true;
    if (arns_.size() == limit_) {
      full_ = true;
      return false;
    }
    arns_.push_back(arn);
    last_ = {family, revision};
    return true;
  }

  bool has_status(const std::string& arn) const {
    if (status_ == "ACTIVE") return true;
    const auto definition = transaction_.find_definition(arn);
    return definition &&
           definition->status == (status_ == "INACTIVE" ? model::DefinitionStatus::Inactive
                                                        : model::DefinitionStatus::DeleteInProgress);
  }

  const store::Transaction& transaction_;
  const model::Scope& scope_;
  std::string status_;
  bool descending_;
  std::size_t limit_;
  std::optional<Position> after_;
  std::vector<std::string> arns_;
  Position last_;
  bool full_ = false;
};

Position parse_position(const std::string& key) {
  const auto colon = key.rfind(':');
  Position position{key.substr(0, colon), 0};
  if (colon != std::string::npos) {
    std::from_chars(key.data() + colon + 1, key.data() + key.size(), position.revision);
  }
  return position;
}

// All families in descending order: the model walks upwards only.
void visit_descending(const store::Model& model, const model::Scope& scope, DefinitionPage& page) {
  std::vector<std::string> names;
  model.visit_families(scope, "", [&names](const std::string& name, const store::Family&) {
    names.push_back(name);
    return true;
  });
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    const auto* family = model.find_family(scope, *name);
    if (family != nullptr && !page.add(*name, *family)) return;
  }
}

bool family_has_status(const store::Family& family, std::string_view status) {
  if (family.known.empty()) return false;
  if (status == "ACTIVE") return !family.active.empty();
  return status == "ALL" || family.active.empty();
}

}  // namespace

api::ecs::ListTaskDefinitionsResponse list_task_definitions(
    EcsContext&, store::Transaction& transaction, const Caller& caller,
    const api::ecs::ListTaskDefinitionsRequest& request) {
  rules::check_rules("ListTaskDefinitions", request);
  const std::string family = request.family_prefix.value_or("");
  const PageContext context{
      "ListTaskDefinitions", caller.scope,
      filter_hash({family, request.status.value_or("ACTIVE"), request.sort.value_or("ASC")})};
  DefinitionPage page(transaction, caller, request);
  std::string from;
  if (!request.next_token.value_or("").empty()) {
    auto position = parse_position(parse_page_token(context, *request.next_token));
    from = position.family;
    page.start_after(std::move(position));
  }
  const store::Model& model = transaction.model();
  // familyPrefix is the exact family here (control-plane 4.6).
  if (!family.empty()) {
    const auto* found = model.find_family(caller.scope, family);
    if (found != nullptr) page.add(family, *found);
  } else if (page.descending()) {
    visit_descending(model, caller.scope, page);
  } else {
    model.visit_families(caller.scope, from,
                         [&page](const std::string& name, const store::Family& revisions) {
                           return page.add(name, revisions);
                         });
  }
  api::ecs::ListTaskDefinitionsResponse response{.task_definition_arns = std::move(page.arns())};
  if (page.full()) {
    response.next_token =
        make_page_token(context, page.last().family + ":" + std::to_string(page.last().revision));
  }
  return response;
}

api::ecs::ListTaskDefinitionFamiliesResponse list_task_definition_families(
    EcsContext&, store::Transaction& transaction, const Caller& caller,
    const api::ecs::ListTaskDefinitionFamiliesRequest& request) {
  rules::check_rules("ListTaskDefinitionFamilies", request);
  const std::string prefix = request.family_prefix.value_or("");
  const std::string status = request.status.value_or("ALL");
  const PageContext context{"ListTaskDefinitionFamilies", caller.scope, filter_hash({prefix, status})};
  const auto limit = static_cast<std::size_t>(request.max_results.value_or(kDefaultPage));
  std::string after;
  if (!request.next_token.value_or("").empty()) after = parse_page_token(context, *request.next_token);

  api::ecs::ListTaskDefinitionFamiliesResponse response{.families = std::vector<std::string>()};
  transaction.model().visit_families(
      caller.scope, std::max(prefix, after), [&](const std::string& name, const store::Family& family) {
        if (!name.starts_with(prefix)) return false;
        if (name == after || !family_has_status(family, status)) return true;
        if (response.families->size() == limit) {
          response.next_token = make_page_token(context, response.families->back());
          return false;
        }
        response.families->push_back(name);
        return true;
      });
  return response;
}

}  // namespace slipway::services::ecs
