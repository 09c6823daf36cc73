// rpm's SQLite database (rpmdb.sqlite): table Packages(hnum INTEGER PRIMARY KEY, blob BLOB). rpm
// keeps it in WAL mode, and an image made while the database was open has its newest packages in
// the write-ahead log only.
#include "core/base/byte_view.h"
#include "scan/extract/rpm_blobs.h"
#include "scan/extract/sqlite_table.h"

namespace seaworthy {

Status read_rpm_sqlite(std::string_view bytes, std::string_view wal, const BlobSink& sink) {
  ASSIGN_OR_RETURN(const SqliteDatabase database, SqliteDatabase::open(bytes, wal));
  return database.rows(
      "Packages",
      [&](const std::vector<SqliteValue>& columns, const std::string& where) {
        constexpr std::size_t kBlob = 1;
        if (columns.size() <= kBlob || columns[kBlob].kind != SqliteValue::Kind::kBlob) {
          sink.damage(where + " has no blob");
          return true;
        }
        return sink.blob(columns[kBlob].bytes, where);
      },
      sink.damage);
}

}  // namespace seaworthy
