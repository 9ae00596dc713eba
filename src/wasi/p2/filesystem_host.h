#pragma once

#include "wasi/p2/filesystem_preopens.h"
#include "wasi/p2/filesystem_types.h"
#include "wasi/p2/resources.h"

namespace weir::wasi::p2 {

// wasi:filesystem/types: everything is refused. Without a preopened directory there is no
// descriptor to call it with, either.
class FilesystemHost final : public filesystem_types::Host {
 public:
  using Call = component::Call;
  using Descriptor = filesystem_types::Descriptor;
  using DirectoryEntryStream = filesystem_types::DirectoryEntryStream;
  using ErrorCode = filesystem_types::ErrorCode;
  using Filesize = filesystem_types::Filesize;
  using PathFlags = filesystem_types::PathFlags;
  using OpenFlags = filesystem_types::OpenFlags;
  using DescriptorFlags = filesystem_types::DescriptorFlags;
  using NewTimestamp = filesystem_types::NewTimestamp;
  using Advice = filesystem_types::Advice;
  template <class T>
  using Answer = component::OrTrap<Result<T, ErrorCode>>;

  Answer<std::unique_ptr<io_streams::InputStream>> descriptor_read_via_stream(Call&, Descriptor&,
                                                                              Filesize) override {
    return Err(ErrorCode::access);
  }
  Answer<std::unique_ptr<io_streams::OutputStream>> descriptor_write_via_stream(Call&, Descriptor&,
                                                                                Filesize) override {
    return Err(ErrorCode::access);
  }
  Answer<std::unique_ptr<io_streams::OutputStream>> descriptor_append_via_stream(
      Call&, Descriptor&) override {
    return Err(ErrorCode::access);
  }
  Answer<void> descriptor_advise(Call&, Descriptor&, Filesize, Filesize, Advice) override {
    return Err(ErrorCode::access);
  }
  Answer<void> descriptor_sync_data(Call&, Descriptor&) override { return Err(ErrorCode::access); }
  Answer<DescriptorFlags> descriptor_get_flags(Call&, Descriptor&) override {
    return Err(ErrorCode::access);
  }
  Answer<filesystem_types::DescriptorType> descriptor_get_type(Call&, Descriptor&) override {
    return Err(ErrorCode::access);
  }
  Answer<void> descriptor_set_size(Call&, Descriptor&, Filesize) override {
    return Err(ErrorCode::access);
  }
  Answer<void> descriptor_set_times(Call&, Descriptor&, NewTimestamp, NewTimestamp) override {
    return Err(ErrorCode::access);
  }
  Answer<std::tuple<Bytes, bool>> descriptor_read(Call&, Descriptor&, Filesize, Filesize) override {
    return Err(ErrorCode::access);
  }
  Answer<Filesize> descriptor_write(Call&, Descriptor&, std::span<const uint8_t>,
                                    Filesize) override {
    return Err(ErrorCode::access);
  }
  Answer<std::unique_ptr<DirectoryEntryStream>> descriptor_read_directory(Call&,
                                                                          Descriptor&) override {
    return Err(ErrorCode::access);
  }
  Answer<void> descriptor_sync(Call&, Descriptor&) override { return Err(ErrorCode::access); }
  Answer<void> descriptor_create_directory_at(Call&, Descriptor&, std::string_view) override {
    return Err(ErrorCode::access);
  }
  Answer<filesystem_types::DescriptorStat> descriptor_stat(Call&, Descriptor&) override {
    return Err(ErrorCode::access);
  }
  Answer<filesystem_types::DescriptorStat> descriptor_stat_at(Call&, Descriptor&, PathFlags,
                                                              std::string_view) override {
    return Err(ErrorCode::access);
  }
  Answer<void> descriptor_set_times_at(Call&, Descriptor&, PathFlags, std::string_view,
                                       NewTimestamp, NewTimestamp) override {
    return Err(ErrorCode::access);
  }
  Answer<void> descriptor_link_at(Call&, Descriptor&, PathFlags, std::string_view, Descriptor&,
                                  std::string_view) override {
    return Err(ErrorCode::access);
  }
  Answer<std::unique_ptr<Descriptor>> descriptor_open_at(Call&, Descriptor&, PathFlags,
                                                         std::string_view, OpenFlags,
                                                         DescriptorFlags) override {
    return Err(ErrorCode::access);
  }
  Answer<std::string> descriptor_readlink_at(Call&, Descriptor&, std::string_view) override {
    return Err(ErrorCode::access);
  }
  Answer<void> descriptor_remove_directory_at(Call&, Descriptor&, std::string_view) override {
    return Err(ErrorCode::access);
  }
  Answer<void> descriptor_rename_at(Call&, Descriptor&, std::string_view, Descriptor&,
                                    std::string_view) override {
    return Err(ErrorCode::access);
  }
  Answer<void> descriptor_symlink_at(Call&, Descriptor&, std::string_view,
                                     std::string_view) override {
    return Err(ErrorCode::access);
  }
  Answer<void> descriptor_unlink_file_at(Call&, Descriptor&, std::string_view) override {
    return Err(ErrorCode::access);
  }
  component::OrTrap<bool> descriptor_is_same_object(Call&, Descriptor& self,
                                                    Descriptor& other) override {
    return &self == &other;
  }
  Answer<filesystem_types::MetadataHashValue> descriptor_metadata_hash(Call&,
                                                                       Descriptor&) override {
    return Err(ErrorCode::access);
  }
  Answer<filesystem_types::MetadataHashValue> descriptor_metadata_hash_at(
      Call&, Descriptor&, PathFlags, std::string_view) override {
    return Err(ErrorCode::access);
  }
  Answer<std::optional<filesystem_types::DirectoryEntry>>
  directory_entry_stream_read_directory_entry(Call&, DirectoryEntryStream&) override {
    return Err(ErrorCode::access);
  }
  component::OrTrap<std::optional<ErrorCode>> filesystem_error_code(Call&,
                                                                    io_error::Error&) override {
    return std::optional<ErrorCode>();
  }
};

// wasi:filesystem/preopens: none.
class PreopensHost final : public filesystem_preopens::Host {
 public:
  component::OrTrap<
      std::vector<std::tuple<std::unique_ptr<filesystem_types::Descriptor>, std::string>>>
  get_directories(component::Call&) override {
    return std::vector<std::tuple<std::unique_ptr<filesystem_types::Descriptor>, std::string>>();
  }
};

}  // namespace weir::wasi::p2
